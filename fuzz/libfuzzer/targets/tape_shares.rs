//! Hostile bytes into the decoder `tape_shares`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    chancery_decoders::tape_shares(bytes);
});
