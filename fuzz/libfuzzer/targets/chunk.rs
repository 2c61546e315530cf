//! Hostile bytes into the decoder `chunk`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::chunk(bytes);
});
