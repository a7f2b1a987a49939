//! The process that runs jq programs. Owns its arguments, which never hold a program or a payload.
use super::EXIT_FAILED;
use super::run::Failure;
use crate::runtime;
use clap::Args;

/// What confines it.
#[derive(Debug, Args)]
pub struct JqArgs {
    /// Seconds of the processor
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: u64,
    /// Bytes of address space
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub memory: u64,
}

/// Runs it to its end.
pub fn run(args: &JqArgs) -> Result<(), Failure> {
    runtime::jq::serve(args.seconds, args.memory).map_err(|error| (EXIT_FAILED, error.to_string()))
}
