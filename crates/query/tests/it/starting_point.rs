//! The profile type that is usually meant.

use query::editor::preferred_profile_type;

#[test]
fn cpu_time_is_preferred_then_wall_time_then_what_there_is() {
    let cpu = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
    let samples = "process_cpu:samples:count:cpu:nanoseconds";
    let wall = "wall:wall:nanoseconds:wall:nanoseconds";
    let memory = "memory:inuse_space:bytes:space:bytes";
    assert_eq!(preferred_profile_type(&[memory, samples, cpu, wall]), Some(cpu));
    assert_eq!(preferred_profile_type(&[memory, wall, samples]), Some(samples));
    assert_eq!(preferred_profile_type(&[memory, wall]), Some(wall));
    assert_eq!(preferred_profile_type(&[memory]), Some(memory));
    assert_eq!(preferred_profile_type::<&str>(&[]), None);
}
