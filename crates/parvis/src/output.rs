//! What a command says: on standard output what a script may want, on standard error remarks. Where the reader has gone, as
//! `head` does once it has enough, that is the end of it and no failure.

use std::{
    fmt,
    io::{self, Write},
};

use anyhow::Context as _;

use crate::exit::Done;

/// One line, or several, on standard output.
pub fn line(words: fmt::Arguments<'_>) -> Done {
    write_line(&mut io::stdout().lock(), words)
}

/// On standard error. Whoever does not hear it cannot be told that either.
pub fn remark(words: fmt::Arguments<'_>) {
    let _unheard = writeln!(io::stderr().lock(), "{words}");
}

fn write_line(out: &mut impl Write, words: fmt::Arguments<'_>) -> Done {
    let written = writeln!(out, "{words}").and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written.context("writing to standard output")?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing can be written, for this reason.
    struct Shut(io::ErrorKind);

    impl Write for Shut {
        fn write(&mut self, _words: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn a_reader_who_has_gone_is_no_failure_but_a_full_disk_is() {
        let gone = io::ErrorKind::BrokenPipe;
        assert!(write_line(&mut Shut(gone), format_args!("marie")).is_ok());
        let full = io::ErrorKind::StorageFull;
        assert!(write_line(&mut Shut(full), format_args!("marie")).is_err());
    }

    #[test]
    fn a_line_ends_with_its_end() {
        let mut out = Vec::new();
        write_line(&mut out, format_args!("{}\tadmin", "marie")).unwrap();
        assert_eq!(out, b"marie\tadmin\n");
    }
}
