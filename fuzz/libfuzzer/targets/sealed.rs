//! Hostile bytes into the decoder `sealed`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::sealed(bytes);
});
