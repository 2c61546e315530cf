//! Sound goes through Opus, WAV and Ogg, and is still the same sound.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::process::Command;

use chancery_sound::{
    FRAME, FRAME_BYTES, RATE,
    codec::{CodecError, Decoder, Encoder},
    mix::Mix,
    ogg_opus, pitch,
    tone::Tone,
    wav,
};
use tempfile::TempDir;

const FRAMES: usize = 50;

fn coded(hertz: f32) -> Vec<Vec<u8>> {
    let (mut tone, mut encoder) = (Tone::new(hertz), Encoder::new().unwrap());
    (0..FRAMES).map(|_| encoder.encode(&tone.frame()).unwrap()).collect()
}

fn heard(packets: &[Vec<u8>]) -> Vec<f32> {
    let mut decoder = Decoder::new().unwrap();
    packets.iter().flat_map(|packet| decoder.decode(packet).unwrap()).collect()
}

/// Without the first frames, in which the codec finds its pitch.
fn settled(samples: &[f32]) -> &[f32] {
    &samples[10 * FRAME..]
}

#[test]
fn a_tone_keeps_its_pitch_through_opus() {
    let heard = heard(&coded(440.0));
    assert!(pitch::share(settled(&heard), 440.0) > 0.8, "{}", pitch::share(settled(&heard), 440.0));
    assert!(pitch::share(settled(&heard), 660.0) < 0.05);
}

#[test]
fn all_frames_have_one_length_whether_somebody_speaks_or_not() {
    let mut encoder = Encoder::new().unwrap();
    let mut tone = Tone::new(300.0);
    for at in 0..FRAMES {
        let samples = if at % 10 < 5 { tone.frame() } else { [0.0; FRAME] };
        assert_eq!(encoder.encode(&samples).unwrap().len(), FRAME_BYTES);
    }
}

#[test]
fn a_lost_frame_is_filled_and_the_next_is_heard() {
    let packets = coded(440.0);
    let mut decoder = Decoder::new().unwrap();
    let mut samples = Vec::new();
    for (at, packet) in packets.iter().enumerate() {
        if at % 10 == 9 {
            samples.extend(decoder.conceal().unwrap());
        } else {
            samples.extend(decoder.decode(packet).unwrap());
        }
    }
    assert!(pitch::share(settled(&samples), 440.0) > 0.6);
}

#[test]
fn what_is_not_opus_is_refused_without_harm() {
    let mut decoder = Decoder::new().unwrap();
    for length in 2..200 {
        for fill in [0x00, 0x55, 0xff, 0x0b, 0x7b] {
            match decoder.decode(&vec![fill; length]) {
                Ok(samples) => assert_eq!(samples.len(), FRAME),
                Err(CodecError::Decode { bytes, .. }) => assert_eq!(bytes, length),
                Err(CodecError::Encode(_)) => panic!("nothing was encoded"),
            }
        }
    }
    assert!(pitch::share(settled(&heard(&coded(440.0))), 440.0) > 0.8);
}

#[test]
fn a_wav_file_is_read_as_it_was_written_and_at_lower_rates() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tone.wav");
    let mut tone = Tone::new(500.0);
    let samples: Vec<f32> = (0..FRAMES).flat_map(|_| tone.frame()).collect();
    wav::write(&path, &samples).unwrap();
    let read = wav::read(&path).unwrap();
    assert_eq!(read.len(), samples.len());
    assert!(read.iter().zip(&samples).all(|(one, other)| (one - other).abs() < 1e-3));

    let slow = folder.path().join("slow.wav");
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&slow, spec).unwrap();
    for sample in samples.iter().step_by(3) {
        for _ in 0..2 {
            writer.write_sample((sample * 32_767.0) as i16).unwrap();
        }
    }
    writer.finalize().unwrap();
    let read = wav::read(&slow).unwrap();
    assert_eq!(read.len(), samples.len());
    assert!(pitch::share(&read, 500.0) > 0.95);
}

#[test]
fn a_wav_file_at_another_rate_is_refused_with_what_to_do() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("cd.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    hound::WavWriter::create(&path, spec).unwrap().finalize().unwrap();
    let error = wav::read(&path).unwrap_err().to_string();
    assert!(error.contains("44100") && error.contains("sox"), "{error}");
}

#[test]
fn an_ogg_file_gives_back_its_packets() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("voice.opus");
    let packets = coded(440.0);
    ogg_opus::write(&path, 7, packets.iter().map(Vec::as_slice)).unwrap();
    assert_eq!(ogg_opus::read(&path).unwrap(), packets);
    std::fs::write(&path, b"not a sound").unwrap();
    assert!(ogg_opus::read(&path).is_err());
}

#[test]
fn another_player_reads_our_ogg_files_where_there_is_one() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("voice.opus");
    ogg_opus::write(&path, 7, coded(440.0).iter().map(Vec::as_slice)).unwrap();
    let Ok(run) = Command::new("opusinfo").arg(&path).output() else {
        println!("opusinfo (Debian: opus-tools) is not here: our Ogg files were not read by another program");
        return;
    };
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success() && !said.contains("WARNING"), "{said}");
}

#[test]
fn voices_are_mixed_where_they_were_heard_and_do_not_clip() {
    let mut mix = Mix::default();
    let (mut low, mut high) = (Tone::new(300.0), Tone::new(900.0));
    for at in 0..50 {
        mix.add(at * 20, &low.frame());
        mix.add(1_000 + at * 20, &high.frame());
    }
    mix.add(0, &[2.0; 10]);
    let mixed = mix.finish();
    let second = RATE as usize;
    assert_eq!(mixed.len(), 2 * second);
    assert!(mixed.iter().all(|sample| sample.abs() <= 1.0));
    assert!(pitch::share(&mixed[FRAME..second], 300.0) > 0.95);
    assert!(pitch::share(&mixed[second..], 900.0) > 0.95);
}
