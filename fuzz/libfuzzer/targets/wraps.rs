//! Hostile bytes into the decoder `wraps`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::wraps(bytes);
});
