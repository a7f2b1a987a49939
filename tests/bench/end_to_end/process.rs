//! What the system says a process takes. Owns the reading of `/proc`.
use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

/// Processor time and wake-ups of each thread at a moment.
pub struct Usage {
    at: Instant,
    threads: HashMap<String, (u64, u64)>,
}

/// What was used between two moments.
pub struct Used {
    pub cpu: Duration,
    pub cores: f64,
    pub wakeups_per_s: f64,
}

impl Usage {
    pub fn now(pid: u32) -> Self {
        let mut threads = HashMap::new();
        for entry in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let read = |name| fs::read_to_string(entry.path().join(name)).unwrap_or_default();
            let on_cpu_ns = read("schedstat").split(' ').next().and_then(|text| text.parse().ok());
            let n_wakeups = field(&read("status"), "voluntary_ctxt_switches:");
            let name = entry.file_name().to_string_lossy().into_owned();
            threads.insert(name, (on_cpu_ns.unwrap_or(0), n_wakeups));
        }
        Self { at: Instant::now(), threads }
    }

    /// What was used since; by threads that live still, which all of weight do.
    pub fn until(&self, later: &Self) -> Used {
        let seconds = (later.at - self.at).as_secs_f64();
        let (mut cpu, mut n_wakeups) = (Duration::ZERO, 0);
        for (name, (ns, n)) in &later.threads {
            let before = self.threads.get(name).copied().unwrap_or_default();
            cpu += Duration::from_nanos(ns.saturating_sub(before.0));
            n_wakeups += u32::try_from(n.saturating_sub(before.1)).unwrap_or(u32::MAX);
        }
        Used { cpu, cores: cpu.as_secs_f64() / seconds, wakeups_per_s: f64::from(n_wakeups) / seconds }
    }
}

/// Resident memory of a process in megabytes: now, and at its most.
pub fn resident_mb(pid: u32) -> (f64, f64) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mb = |name| f64::from(u32::try_from(field(&status, name)).unwrap_or(u32::MAX)) * 1_024.0 / 1e6;
    (mb("VmRSS:"), mb("VmHWM:"))
}

/// How many processes wanted a core during the last minute.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
