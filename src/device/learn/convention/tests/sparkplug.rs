//! An edge node's births, and the nodes that are proposed of them.
use super::*;
use crate::decode::sparkplug::{Births, Made, Refusal, made};
use crate::device::misfit::WriteError;
use crate::device::{JsonPath, Value};

const DBIRTH: &str = "spBv1.0/plant/DBIRTH/line1/press";
const DDATA: &str = "spBv1.0/plant/DDATA/line1/press";
const NDATA: &str = "spBv1.0/plant/NDATA/line1";

fn told(learn: &mut Learn, topic: &str, payload: &[u8]) {
    let message = MessageRef {
        topic,
        payload,
        properties: &[],
        qos: Qos::AtMostOnce,
        retained: Retained::No,
        dup: false,
        packet_id: None,
        received: Timestamp::from_millis(1),
        queued: crate::mqtt::message::Queued::No,
    };
    learn.observe(&message, |_| false);
}

fn metric(name: &str, alias: u64, datatype: u64) -> Made {
    made().bytes(1, name).n(2, alias).n(4, datatype)
}

fn session() -> Learn {
    let mut learn = Learn::new(Scope::of(vec![Filter::parse("#").unwrap()]));
    let node =
        made().inside(2, metric("bdSeq", 0, 8).n(11, 3)).inside(2, metric("Node Control/Rebirth", 1, 11));
    told(&mut learn, "spBv1.0/plant/NBIRTH/line1", &node.inside(2, metric("Load", 2, 10).double(13, 0.5)).0);
    let range = made()
        .bytes(1, "engUnit")
        .bytes(1, "engLow")
        .bytes(1, "engHigh")
        .inside(2, made().n(1, 12).bytes(8, "°C"))
        .inside(2, made().n(1, 9).single(5, 0.0))
        .inside(2, made().n(1, 9).single(5, 250.0));
    let device = made()
        .inside(2, metric("Temperature", 7, 9).inside(9, range).single(12, 20.0))
        .inside(2, metric("Parts/Good", 8, 4).n(11, 1_204))
        .inside(2, metric("Running", 9, 11).n(14, 1))
        .inside(2, metric("Mode", 10, 12).bytes(15, "auto"));
    told(&mut learn, DBIRTH, &device.0);
    learn
}

fn lines(learn: &Learn, topic: &str, payload: Option<&[u8]>) -> Vec<String> {
    let id = learn.find(topic).unwrap_or_else(|| panic!("{topic} is no candidate"));
    learn.candidate(id).unwrap().nodes(payload).iter().map(line).collect()
}

#[test]
fn births_propose_typed_metrics_before_any_data_come() {
    let learn = session();
    assert_eq!(learn.counts().n_discoveries_ignored, 0);
    assert!(learn.find(DBIRTH).is_none(), "a birth describes, it is no candidate itself");
    assert_eq!(
        lines(&learn, DDATA, None),
        [
            "float both $.metrics.Temperature.value \"Temperature\" in °C 0..250",
            "int both $.metrics['Parts/Good'].value \"Parts/Good\"",
            "bool both $.metrics.Running.value \"Running\"",
            "string both $.metrics.Mode.value \"Mode\"",
        ]
    );
    assert_eq!(lines(&learn, NDATA, None), ["float both $.metrics.Load.value \"Load\""]);
}

#[test]
fn a_kept_metric_reads_protobuf_and_what_births_made_of_it() {
    let learn = session();
    let node = learn.candidate(learn.find(DDATA).unwrap()).unwrap().nodes(None).remove(0);
    let named = made().inside(2, metric("Temperature", 7, 9).single(12, 21.5)).0;
    assert_eq!(node.read(&named), Ok(Value::Float(21.5)));
    assert_eq!(node.read(br#"{"metrics":{"Temperature":{"value":21.5}}}"#), Ok(Value::Float(21.5)));
    let other = made().inside(2, metric("Mode", 10, 12).bytes(15, "auto")).0;
    let misfit = node.read(&other).unwrap_err().to_string();
    assert!(misfit.contains("Temperature"), "{misfit}");
    assert_eq!(node.write(&Value::Float(1.0)), Err(WriteError::NoPayload));
    let command = node.command(&Value::Float(1.0), &Births::default());
    assert!(matches!(command, Err(WriteError::Metric(Refusal::Unborn(_)))), "{command:?}");
    let beside = Node { codec: Codec::JsonPath(JsonPath::parse("$.seq").unwrap()), ..node };
    assert_eq!(beside.command(&Value::Float(1.0), &Births::default()), Err(WriteError::NoMetric));
}

#[test]
fn data_propose_the_metrics_they_hold_and_those_the_birth_told() {
    let mut learn = session();
    let data = made().inside(2, metric("Temperature", 7, 9).single(12, 21.5)).n(3, 12).0;
    told(&mut learn, DDATA, &data);
    assert_eq!(lines(&learn, DDATA, Some(&data)).len(), 4);
    let parts = parts_of(DDATA, &data);
    let found: Vec<_> =
        parts.list.iter().map(|part| (part.path.to_string(), part.value.to_string())).collect();
    assert_eq!(found, [("$.metrics.Temperature.value".to_owned(), "21.5".to_owned())]);
}

#[test]
fn broken_births_are_counted_and_propose_nothing() {
    let mut learn = Learn::new(Scope::of(vec![Filter::parse("#").unwrap()]));
    told(&mut learn, DBIRTH, b"\x12\xff\x0f");
    told(&mut learn, DBIRTH, &vec![0x12; MAX_DISCOVERY_BYTES + 1]);
    assert_eq!(learn.counts().n_discoveries_ignored, 2);
    assert!(learn.find(DDATA).is_none());
}
