//! Edge nodes of Sparkplug, learnt and checked without a screen: metrics by the names and types of their births.
use super::home::{Home, broker, forget, publish_bytes, url};
use mqttscope::decode::sparkplug::{Made, made};

const DBIRTH: &str = "spBv1.0/plant/DBIRTH/line1/press";
const DDATA: &str = "spBv1.0/plant/DDATA/line1/press";

fn metric(name: &str, alias: u64, kind: u64) -> Made {
    made().bytes(1, name).n(2, alias).n(4, kind)
}

fn birth() -> Vec<u8> {
    let birth = made().inside(2, metric("Level", 1, 3).n(10, 5)).inside(2, metric("Open", 2, 11).n(14, 1));
    birth.n(3, 1).0
}

/// By its alias alone.
fn level(n: u64) -> Vec<u8> {
    made().inside(2, made().n(2, 1).n(10, n)).n(3, 2).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_learnt_by_name_and_checked_by_alias() {
    let (home, broker) = (Home::new(), broker([]).await);
    // Retained, which edge nodes do not do, so that whoever comes hears it.
    publish_bytes(&broker, DBIRTH, &birth());
    publish_bytes(&broker, DDATA, &level(7));
    let ran = home.run(&["learn", &url(&broker), "--for", "1s", "-o", "p.toml"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let file = home.read("p.toml");
    for words in ["codec = \"$.metrics.Level.value\"", "alias = \"Level\"\ntype = \"int\"", "type = \"bool\""]
    {
        assert!(file.contains(words), "{words}: {file}");
    }
    let check = ["check", "./p.toml", "--for", "1s"];
    let ran = home.run(&check).await;
    assert!(ran.code == 0 && ran.out.contains("all is as the file says: 2 nodes"), "{ran:?}");

    // Out of its bounds, which only the birth's name of the alias tells.
    let file = file.replace("alias = \"Level\"\n", "alias = \"Level\"\nmax = 6\n");
    home.write("p.toml", &file);
    let ran = home.run(&check).await;
    assert!(
        ran.code == 1 && ran.out.contains("$.metrics.Level.value: 1 of 2 values are out of bounds"),
        "{ran:?}"
    );

    // Without a birth nothing can be judged, and that is said.
    forget(&broker, DBIRTH);
    let ran = home.run(&check).await;
    assert!(ran.out.contains("1 message of Sparkplug by aliases that no birth explained"), "{ran:?}");
    let ran = home.run(&[&check[..], &["--strict"]].concat()).await;
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_that_come_by_name_are_learnt_without_a_birth_and_aliases_are_not() {
    let (home, broker) = (Home::new(), broker([]).await);
    let data =
        made().inside(2, made().bytes(1, "Speed").n(4, 9).single(12, 1.5)).inside(2, made().n(2, 9).n(10, 3));
    publish_bytes(&broker, DDATA, &data.0);
    let ran = home.run(&["learn", &url(&broker), "--for", "1s", "--json", "-o", "p.toml"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = ran.json();
    let nodes = rows[0]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 1, "{nodes:?}");
    assert_eq!((&nodes[0]["path"], &nodes[0]["type"]), (&"$.metrics.Speed.value".into(), &"float".into()));
}
