//! Hostile bytes into the decoder `link`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::link(bytes);
});
