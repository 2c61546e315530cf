//! Hostile bytes into the decoder `shares`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::shares(bytes);
});
