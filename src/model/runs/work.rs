//! What runs do. Owns the list of kinds and the questions that all of them answer; whoever adds a kind finds its
//! place here.
use super::bulk::Bulk;
use super::flow::Flow;
use super::generator::Generator;
use super::source::Fill;
use crate::model::device::Device;
use crate::mqtt::{Publication, Stage};
use crate::time::Timestamp;

/// What a run does.
#[derive(Clone, Debug)]
pub enum Work {
    /// Publishes again and again at a rate.
    Generator(Box<Generator>),
    /// Publishes many once each.
    Bulk(Box<Bulk>),
}

/// What a run wants to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Hand this over, and ask again.
    Publish(Made),
    /// Nothing, until its deadline or until something is heard of what is under way.
    Wait,
    /// Nothing more: it is done once the broker has answered for what is under way.
    Done,
    /// It can't go on, for the reason in words.
    Stop(String),
}

/// A publication that a run made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What goes.
    pub publication: Publication,
    /// When it was to leave.
    pub due: Timestamp,
}

impl Work {
    /// What is to be done now.
    pub fn next(&mut self, now: Timestamp, flow: &Flow, device: &Device, fill: &mut Fill<'_>) -> Next {
        match self {
            Self::Bulk(bulk) => bulk.next(now, flow, device),
            Self::Generator(generator) => generator.next(now, flow, fill),
        }
    }

    /// When to ask again, unless something is heard of what is under way.
    pub(super) fn deadline(&self, flow: &Flow) -> Option<Timestamp> {
        match self {
            Self::Generator(generator) => generator.deadline(flow),
            Self::Bulk(bulk) => bulk.deadline(),
        }
    }

    /// The task had no room for the publication of a serial number.
    pub(super) fn not_taken(&mut self, serial: u64) {
        match self {
            Self::Generator(generator) => generator.not_taken(),
            Self::Bulk(bulk) => bulk.not_taken(serial),
        }
    }

    /// A publication came a stage further. Why it makes no sense to go on, if that is so.
    pub(super) fn told(&mut self, serial: u64, stage: &Stage) -> Option<String> {
        match self {
            Self::Generator(generator) => generator.told(stage),
            Self::Bulk(bulk) => {
                bulk.told(serial, stage);
                None
            }
        }
    }

    /// Whether it publishes on a topic again and again, so that it can be half of a loop.
    pub(super) fn repeats_on(&self, topic: &str) -> bool {
        match self {
            Self::Generator(generator) => generator.goes_to(topic),
            Self::Bulk(_) => false,
        }
    }

    /// What it is in words, for sentences about it.
    pub fn words(&self) -> String {
        match self {
            Self::Generator(generator) => format!("the generator on {}", generator.topic()),
            Self::Bulk(bulk) => bulk.words().to_owned(),
        }
    }

    /// What is told at its end beside what became of its publications.
    pub(super) fn remarks(&self) -> String {
        match self {
            Self::Generator(_) => String::new(),
            Self::Bulk(bulk) => bulk.remarks(),
        }
    }

    /// Whether what is in flight when it is stopped must never be sent as new: each goes once.
    pub(super) const fn goes_once(&self) -> bool {
        match self {
            Self::Generator(_) => false,
            Self::Bulk(_) => true,
        }
    }
}
