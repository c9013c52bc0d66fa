//! The package of a function, as far as its name tells.

/// The part of a function name that names its package, module, class path or file.
///
/// Knows the ways in which Go, Java, Rust, C++, Python, Ruby, JavaScript, .NET and kernel symbols
/// are written by profilers; a bare name is its own package.
pub fn package_of(name: &str) -> &str {
    let name = name.trim_start_matches(['<', '*', '&', '[', '(']);
    // Most names have none, and looking for one byte is quick.
    let has_colon = name.as_bytes().contains(&b':');
    // "file.py:function", "node_modules/library/file.js:function:12", "file.rb:12 - function".
    if has_colon
        && let Some(colon) = single_colon(name)
        && name[..colon].contains('.')
    {
        let file = &name[..colon];
        if let Some(library) = file.split("node_modules/").nth(1) {
            return library_name(library);
        }
        return file.rfind('/').map_or(file, |slash| &file[..slash]);
    }
    let is_end = |byte: &u8| matches!(byte, b'(' | b'<' | b' ' | b'[' | b'{');
    let end = name.as_bytes().iter().position(is_end).unwrap_or(name.len());
    let plain = &name[..end];
    // Go: the import path up to the dot after its last slash; Java: "java/util/Map.get".
    if let Some(slash) = plain.rfind('/') {
        let dot = plain[slash..].find('.').map_or(plain.len(), |dot| slash + dot);
        return &plain[..dot];
    }
    if has_colon && let Some(colons) = plain.find("::") {
        return &plain[..colons];
    }
    let dots = plain.matches('.').count();
    match dots {
        0 => plain,
        1 => &plain[..plain.find('.').unwrap_or(plain.len())],
        // "java.util.HashMap.get" and "System.Linq.Enumerable.ToList": two leading parts.
        _ => {
            let first = plain.find('.').unwrap_or(plain.len());
            let second = plain[first + 1..].find('.').map_or(plain.len(), |dot| first + 1 + dot);
            &plain[..second]
        }
    }
}

/// A short form for narrow frames: the name without the directories before it.
/// Empty: there is nothing to leave out.
pub fn without_directories(name: &str) -> Option<&str> {
    let end = name.find(['(', '<', ' ', '{']).unwrap_or(name.len());
    let slash = name[..end].rfind('/')?;
    let rest = &name[slash + 1..];
    (!rest.is_empty()).then_some(rest)
}

fn single_colon(name: &str) -> Option<usize> {
    let bytes = name.as_bytes();
    let is_colon = |at: usize| bytes.get(at) == Some(&b':');
    (1..bytes.len()).find(|at| is_colon(*at) && !is_colon(at + 1) && !is_colon(at - 1))
}

fn library_name(path: &str) -> &str {
    let parts = if path.starts_with('@') { 2 } else { 1 };
    path.match_indices('/').nth(parts - 1).map_or(path, |(at, _)| &path[..at])
}
