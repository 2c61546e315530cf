//! Hostile bytes into the decoder `tile`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::tile(bytes);
});
