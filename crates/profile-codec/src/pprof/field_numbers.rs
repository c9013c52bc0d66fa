//! The field numbers of `google.v1.Profile` and the messages within it.

pub(super) mod profile {
    pub(in crate::pprof) const SAMPLE_TYPE: u32 = 1;
    pub(in crate::pprof) const SAMPLE: u32 = 2;
    pub(in crate::pprof) const MAPPING: u32 = 3;
    pub(in crate::pprof) const LOCATION: u32 = 4;
    pub(in crate::pprof) const FUNCTION: u32 = 5;
    pub(in crate::pprof) const STRING_TABLE: u32 = 6;
    pub(in crate::pprof) const DROP_FRAMES: u32 = 7;
    pub(in crate::pprof) const KEEP_FRAMES: u32 = 8;
    pub(in crate::pprof) const TIME_NANOS: u32 = 9;
    pub(in crate::pprof) const DURATION_NANOS: u32 = 10;
    pub(in crate::pprof) const PERIOD_TYPE: u32 = 11;
    pub(in crate::pprof) const PERIOD: u32 = 12;
    pub(in crate::pprof) const COMMENT: u32 = 13;
    pub(in crate::pprof) const DEFAULT_SAMPLE_TYPE: u32 = 14;
}

pub(super) mod value_type {
    pub(in crate::pprof) const TYPE: u32 = 1;
    pub(in crate::pprof) const UNIT: u32 = 2;
}

pub(super) mod sample {
    pub(in crate::pprof) const LOCATION_ID: u32 = 1;
    pub(in crate::pprof) const VALUE: u32 = 2;
    pub(in crate::pprof) const LABEL: u32 = 3;
}

pub(super) mod label {
    pub(in crate::pprof) const KEY: u32 = 1;
    pub(in crate::pprof) const STR: u32 = 2;
    pub(in crate::pprof) const NUM: u32 = 3;
    pub(in crate::pprof) const NUM_UNIT: u32 = 4;
}

pub(super) mod mapping {
    pub(in crate::pprof) const ID: u32 = 1;
    pub(in crate::pprof) const MEMORY_START: u32 = 2;
    pub(in crate::pprof) const MEMORY_LIMIT: u32 = 3;
    pub(in crate::pprof) const FILE_OFFSET: u32 = 4;
    pub(in crate::pprof) const FILENAME: u32 = 5;
    pub(in crate::pprof) const BUILD_ID: u32 = 6;
    pub(in crate::pprof) const HAS_FUNCTIONS: u32 = 7;
    pub(in crate::pprof) const HAS_FILENAMES: u32 = 8;
    pub(in crate::pprof) const HAS_LINE_NUMBERS: u32 = 9;
    pub(in crate::pprof) const HAS_INLINE_FRAMES: u32 = 10;
}

pub(super) mod location {
    pub(in crate::pprof) const ID: u32 = 1;
    pub(in crate::pprof) const MAPPING_ID: u32 = 2;
    pub(in crate::pprof) const ADDRESS: u32 = 3;
    pub(in crate::pprof) const LINE: u32 = 4;
    pub(in crate::pprof) const IS_FOLDED: u32 = 5;
}

pub(super) mod line {
    pub(in crate::pprof) const FUNCTION_ID: u32 = 1;
    pub(in crate::pprof) const LINE: u32 = 2;
}

pub(super) mod function {
    pub(in crate::pprof) const ID: u32 = 1;
    pub(in crate::pprof) const NAME: u32 = 2;
    pub(in crate::pprof) const SYSTEM_NAME: u32 = 3;
    pub(in crate::pprof) const FILENAME: u32 = 4;
    pub(in crate::pprof) const START_LINE: u32 = 5;
}
