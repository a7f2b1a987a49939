//! The way in. Owns nothing but the call into the library.

fn main() {}
