//! Frames of sound: sealed for the call by the device that speaks, opened by the devices that listen.
