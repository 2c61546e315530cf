//! Hostile bytes into the decoder `act`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::act(bytes);
});
