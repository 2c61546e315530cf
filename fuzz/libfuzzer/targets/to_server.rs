//! Hostile bytes into the decoder `to_server`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::to_server(bytes);
});
