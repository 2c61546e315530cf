//! Hostile bytes into the decoder `knock`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::knock(bytes);
});
