//! Hostile bytes into the decoder `frame`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::frame(bytes);
});
