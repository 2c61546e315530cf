//! Hostile bytes into the decoder `leaf`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::leaf(bytes);
});
