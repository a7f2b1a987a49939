//! The way in: arguments, the program, the exit code. Owns nothing else.
use clap::Parser;
use mqttscope::cli::{self, Cli};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe on the other side is nothing to fail for.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { cli::EXIT_USAGE } else { cli::EXIT_DONE });
        }
    };
    match cli::run(&cli) {
        Ok(()) => ExitCode::from(cli::EXIT_DONE),
        Err((code, words)) => {
            let _ = writeln!(std::io::stderr(), "mqttscope: {words}");
            ExitCode::from(code)
        }
    }
}
