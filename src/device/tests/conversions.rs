//! The table of conversions: one row for each type, codec and payload.
use super::*;
use Kind::{Bool, Bytes, Float, Impulse, Int, List, Map, String, Vec2, Vec3, Vec4};

/// Type, codec, payload; the value, or the words of the misfit.
type Row<'a> = (Kind, &'a str, &'a [u8], Result<Value, &'a str>);

fn check(rows: &[Row<'_>]) {
    for (kind, codec, payload, expected) in rows {
        let found = node(*kind, codec).read(payload).map_err(|misfit| misfit.to_string());
        let expected = expected.clone().map_err(str::to_owned);
        assert_eq!(
            found,
            expected,
            "{kind} by {codec} of {:?}",
            std::string::String::from_utf8_lossy(payload)
        );
    }
}

#[test]
fn an_impulse_is_the_moment_whatever_it_carries() {
    check(&[
        (Impulse, "text", b"", Ok(Value::Impulse)),
        (Impulse, "text", b"PRESS", Ok(Value::Impulse)),
        (Impulse, "text", b"\xff", Ok(Value::Impulse)),
        (Impulse, "json", b"", Ok(Value::Impulse)),
        (Impulse, "json", b"null", Ok(Value::Impulse)),
        (Impulse, "json", b"{\"a\":1}", Ok(Value::Impulse)),
        (Impulse, "json", b"{", Err("no JSON: EOF while parsing an object at line 1 column 1")),
        (Impulse, "$.bell", b"{\"bell\":1}", Ok(Value::Impulse)),
        (Impulse, "$.bell", b"{}", Err("no member `bell` in the JSON at $")),
        (Impulse, "words PRESS/", b"PRESS", Ok(Value::Impulse)),
        (Impulse, "words PRESS/", b"RELEASE", Err("`RELEASE` is neither `PRESS` nor ``")),
        (Impulse, "u8", b"\x01", Err("codec u8 carries no impulse; text, json, a JSON path and words do")),
    ]);
}

#[test]
fn a_bool_is_one_of_the_words_and_nothing_else() {
    let refused = Err("`maybe` is no bool: on/off, true/false, yes/no, open/closed, 1/0");
    for (payload, truth) in [
        (&b"on"[..], true),
        (b"OFF", false),
        (b"True", true),
        (b"false", false),
        (b"YES", true),
        (b"no", false),
        (b"Open", true),
        (b"CLOSED", false),
        (b"1", true),
        (b"0", false),
        (b" on\r\n", true),
    ] {
        check(&[(Bool, "text", payload, Ok(Value::Bool(truth)))]);
    }
    check(&[
        (Bool, "text", b"maybe", refused.clone()),
        (Bool, "text", b"", Err("an empty payload is no bool")),
        (Bool, "text", b"2", Err("`2` is no bool: on/off, true/false, yes/no, open/closed, 1/0")),
        (Bool, "json", b"true", Ok(Value::Bool(true))),
        (Bool, "json", b"0", Ok(Value::Bool(false))),
        (Bool, "json", b"\"ON\"", Ok(Value::Bool(true))),
        (Bool, "json", b"\"maybe\"", refused.clone()),
        (Bool, "json", b"null", Err("JSON's null is no bool")),
        (Bool, "json", b"[true]", Err("a JSON array is no bool")),
        (Bool, "json", b"\"\"", Err("a JSON string is no bool")),
        (Bool, "$.state", b"{\"state\":\"ON\",\"level\":3}", Ok(Value::Bool(true))),
        (Bool, "$.state", b"{\"state\":\"maybe\"}", refused),
        (Bool, "words 0/1", b"0", Ok(Value::Bool(true))),
        (Bool, "words ON/OFF", b"OFF\n", Ok(Value::Bool(false))),
        (Bool, "words ON/OFF", b"on", Err("`on` is neither `ON` nor `OFF`")),
        (Bool, "words ON/OFF", b"", Err("an empty payload is no bool")),
        (Bool, "words ON/", b"", Ok(Value::Bool(false))),
        (Bool, "words X/X", b"X", Err("`X` is neither `X` nor `X`")),
        (Bool, "u8", b"\x01", Ok(Value::Bool(true))),
        (Bool, "u16-be", b"\x00\x02", Err("`2` is no bool: on/off, true/false, yes/no, open/closed, 1/0")),
        (
            Bool,
            "suffix %",
            b"1%",
            Err("codec suffix \"%\" carries no bool; text, json, a JSON path, words and raw numbers do"),
        ),
    ]);
}

#[test]
fn a_whole_number_is_exact_or_a_misfit() {
    let int = |whole| Ok(Value::Int(whole));
    check(&[
        (Int, "text", b"42", int(42)),
        (Int, "text", b" -7\n", int(-7)),
        (Int, "text", b"+007", int(7)),
        (Int, "text", b"3.0", int(3)),
        (Int, "text", b"1e3", int(1000)),
        (Int, "text", b"1.5e1", int(15)),
        (Int, "text", b"1000e-3", int(1)),
        (Int, "text", b"-0", int(0)),
        (Int, "text", b"0e99999999999999999999", int(0)),
        (Int, "text", b"9223372036854775807", int(i64::MAX)),
        (Int, "text", b"-9223372036854775808", int(i64::MIN)),
        (Int, "text", b"9007199254740993", int(9_007_199_254_740_993)),
        (Int, "text", b"9223372036854775808", Err("9223372036854775808 is beyond whole numbers of 64 bits")),
        (
            Int,
            "text",
            b"1e99999999999999999999",
            Err("1e99999999999999999999 is beyond whole numbers of 64 bits"),
        ),
        (Int, "text", b"3.5", Err("3.5 is no whole number")),
        (Int, "text", b"20.5 %", Err("20.5 is no whole number")),
        (Int, "text", b"1e-3", Err("1e-3 is no whole number")),
        (Int, "text", b"45%", int(45)),
        (Int, "text", b"0x10", Err("`0x10` is no number")),
        (Int, "text", b"2 doors", Err("`2 doors` is no number")),
        (Int, "text", b"", Err("an empty payload is no int")),
        (Int, "text", b"12\xff", Err("not UTF-8 at byte 2")),
        (Int, "json", b"5", int(5)),
        (Int, "json", b"5.0", int(5)),
        (Int, "json", b"\"5\"", int(5)),
        (Int, "json", b"5.5", Err("5.5 is no whole number")),
        (
            Int,
            "json",
            b"18446744073709551616",
            Err("18446744073709551616 is beyond whole numbers of 64 bits"),
        ),
        (Int, "json", b"true", Err("a JSON bool is no int")),
        (Int, "json", b"five", Err("no JSON: expected ident at line 1 column 2")),
        (Int, "$.a[1]", b"{\"a\":[1,2]}", int(2)),
        (Int, "u8", b"\xff", int(255)),
        (Int, "i8", b"\xff", int(-1)),
        (Int, "u16-be", b"\x01\x02", int(258)),
        (Int, "u16-le", b"\x01\x02", int(513)),
        (Int, "i32-be", b"\xff\xff\xff\xfe", int(-2)),
        (
            Int,
            "u64-le",
            b"\xff\xff\xff\xff\xff\xff\xff\xff",
            Err("18446744073709551615 is beyond whole numbers of 64 bits"),
        ),
        (Int, "f32-be", &3.0_f32.to_be_bytes(), int(3)),
        (Int, "f32-be", &3.5_f32.to_be_bytes(), Err("3.5 is no whole number")),
        (Int, "f64-le", &f64::NAN.to_le_bytes(), Err("NaN is no finite number")),
        (Int, "u32-be", b"\x00\x01", Err("2 bytes where u32-be has 4")),
        (Int, "u32-be", b"", Err("0 bytes where u32-be has 4")),
        (Int, "suffix  lx", b"300 lx", int(300)),
        (Int, "suffix  lx", b"300", Err("`300` does not end in ` lx`")),
    ]);
}

#[test]
fn a_float_is_finite_and_the_nearest() {
    let float = |number| Ok(Value::Float(number));
    check(&[
        (Float, "text", b"23.5", float(23.5)),
        (Float, "text", b"-.5", float(-0.5)),
        (Float, "text", b"5.", float(5.0)),
        (Float, "text", "20.0 °C".as_bytes(), float(20.0)),
        (Float, "text", b"45%", float(45.0)),
        (Float, "text", b"230 V", float(230.0)),
        (Float, "text", b"12.5kWh", float(12.5)),
        (Float, "text", "7\u{a0}m/s".as_bytes(), float(7.0)),
        (Float, "text", b"1e300", float(1e300)),
        (Float, "text", b"1e400", Err("1e400 is no finite number")),
        (Float, "text", b"NaN", Err("`NaN` is no number")),
        (Float, "text", b"inf", Err("`inf` is no number")),
        (Float, "text", b"-infinity", Err("`-infinity` is no number")),
        (Float, "text", b"1,5", Err("`1,5` is no number")),
        (Float, "text", b"12:30", Err("`12:30` is no number")),
        (Float, "text", b"192.168.1.1", Err("`192.168.1.1` is no number")),
        (Float, "text", b"", Err("an empty payload is no float")),
        (Float, "text", b" ", Err("` ` is no number")),
        (Float, "text", b"\x1b[2J", Err("`\\x1b[2J` is no number")),
        (Float, "json", b"23.50", float(23.5)),
        (Float, "json", b"\"23.5\"", float(23.5)),
        (Float, "json", "\"20.0 °C\"".as_bytes(), float(20.0)),
        (Float, "json", b"\"n/a\"", Err("`n/a` is no number")),
        (Float, "json", b"1e400", Err("1e+400 is no finite number")),
        (Float, "json", b"", Err("an empty payload is no float")),
        (Float, "$.state.level", b"{\"state\":{\"level\":5}}", float(5.0)),
        (Float, "$.state.level", b"{\"state\":{}}", Err("no member `level` in the JSON at $.state")),
        (Float, "$.state.level", b"{\"state\":5}", Err("the JSON at $.state is no object")),
        (Float, "$.state.level", b"[]", Err("the JSON at $ is no object")),
        (Float, "$.a[2]", b"{\"a\":[1,2]}", Err("no element 2 in the JSON at $.a")),
        (Float, "$.a[2]", b"{\"a\":{}}", Err("the JSON at $.a is no array")),
        (Float, "$.a", b"{\"a\":1,\"a\":2}", float(2.0)),
        (Float, "$", b"4", float(4.0)),
        (Float, "f32-le", &0.1_f32.to_le_bytes(), float(0.1)),
        (Float, "f64-be", &0.1_f64.to_be_bytes(), float(0.1)),
        (Float, "f32-be", &f32::INFINITY.to_be_bytes(), Err("inf is no finite number")),
        (Float, "i16-be", b"\xff\xff", float(-1.0)),
        (Float, "f32-be", b"12345", Err("5 bytes where f32-be has 4")),
        (Float, "suffix  °C", "20.0 °C".as_bytes(), float(20.0)),
        (Float, "suffix  °C", "20.0°C\n".as_bytes(), float(20.0)),
        (Float, "suffix  °C", "x °C".as_bytes(), Err("`x °C` is no number")),
        (
            Float,
            "words a/b",
            b"a",
            Err("codec words a/b carries no float; text, json, a JSON path, a suffix and raw numbers do"),
        ),
    ]);
}

#[test]
fn text_and_bytes_are_kept_to_the_byte() {
    check(&[
        (String, "text", b"", Ok(string(""))),
        (String, "text", b" two\nlines ", Ok(string(" two\nlines "))),
        (String, "text", b"caf\xe9", Err("not UTF-8 at byte 3")),
        (String, "json", b"\"a\\u00e9\"", Ok(string("aé"))),
        (String, "json", b"5", Err("a JSON number is no string")),
        (String, "json", b"", Err("an empty payload is no string")),
        (String, "$.name", b"{\"name\":\"oven\"}", Ok(string("oven"))),
        (String, "$['odd name'][0]", b"{\"odd name\":[\"x\"]}", Ok(string("x"))),
        (String, "u8", b"1", Err("codec u8 carries no string; text, json and a JSON path do")),
        (Bytes, "text", b"\xff\x00", Ok(Value::Bytes([255, 0].into()))),
        (Bytes, "text", b"", Ok(Value::Bytes([].into()))),
        (Bytes, "json", b"\"00ff\"", Err("codec json carries no bytes; text does")),
    ]);
}

#[test]
fn lists_and_maps_keep_order_and_digits() {
    let digits = r#"{"z":1.50,"a":123456789012345678901234567890}"#;
    let Ok(Value::Map(map)) = node(Map, "json").read(digits.as_bytes()) else { panic!("it is a map") };
    assert_eq!(serde_json::to_string(&map).unwrap(), digits);
    let deep = [b"[".repeat(200), b"]".repeat(200)].concat();
    let big = format!("[\"{}\"]", "x".repeat(codec::MAX_JSON_BYTES));
    check(&[
        (List, "text", b"[1,\"a\",null]", Ok(json("[1,\"a\",null]"))),
        (List, "json", b" [ ] ", Ok(json("[]"))),
        (List, "json", b"{}", Err("a JSON object is no list")),
        (List, "$.a", b"{\"a\":[1]}", Ok(json("[1]"))),
        (Map, "json", b"[]", Err("a JSON array is no map")),
        (Map, "text", b"{\"a\":1} x", Err("no JSON: trailing characters at line 1 column 9")),
        (Map, "text", b"", Err("an empty payload is no map")),
        (List, "json", &deep, Err("no JSON: it nests more than 127 deep")),
        (List, "$", &deep, Err("no JSON: it nests more than 127 deep")),
        (
            List,
            "json",
            big.as_bytes(),
            Err("1048580 bytes of JSON are not read for a value; at most 1048576"),
        ),
        (List, "$.a", big.as_bytes(), Err("1048580 bytes of JSON are not read for a value; at most 1048576")),
    ]);
}

#[test]
fn what_lies_beside_a_path_may_be_as_deep_as_it_likes() {
    let deep = format!("{{\"x\":{}{},\"a\":1}}", "[".repeat(5000), "]".repeat(5000));
    check(&[(Int, "$.a", deep.as_bytes(), Ok(Value::Int(1)))]);
}

#[test]
fn a_vec_is_written_in_a_row_in_an_array_by_name_or_as_a_colour() {
    let orange = Ok(Value::Vec3([255.0, 136.0, 0.0]));
    check(&[
        (Vec2, "text", b"1,2", Ok(Value::Vec2([1.0, 2.0]))),
        (Vec3, "text", b"1, 2.5 ,-3", Ok(Value::Vec3([1.0, 2.5, -3.0]))),
        (Vec3, "text", b" 1  2 3 ", Ok(Value::Vec3([1.0, 2.0, 3.0]))),
        (Vec3, "text", b"[1,2,3]", Ok(Value::Vec3([1.0, 2.0, 3.0]))),
        (Vec2, "text", b"{\"y\":2,\"x\":1}", Ok(Value::Vec2([1.0, 2.0]))),
        (Vec3, "json", b"{\"r\":1,\"g\":2,\"b\":3}", Ok(Value::Vec3([1.0, 2.0, 3.0]))),
        (Vec4, "json", b"{\"r\":1,\"g\":2,\"b\":3,\"a\":4}", Ok(Value::Vec4([1.0, 2.0, 3.0, 4.0]))),
        (Vec4, "$.q", b"{\"q\":[1,2,3,4]}", Ok(Value::Vec4([1.0, 2.0, 3.0, 4.0]))),
        (Vec3, "text", b"#ff8800", orange.clone()),
        (Vec3, "json", b"\"#FF8800\"", orange),
        (Vec4, "text", b"#ff880080", Ok(Value::Vec4([255.0, 136.0, 0.0, 128.0]))),
        (
            Vec4,
            "text",
            b"#ff8800",
            Err("`#ff8800` is no vec4: 1,2,3 or [1,2,3] or {\"x\":1,\"y\":2} or a colour such as #ff8800"),
        ),
        (Vec3, "text", b"1,2", Err("2 numbers where a vec3 has 3")),
        (Vec3, "json", b"[1,2,3,4]", Err("4 numbers where a vec3 has 3")),
        (Vec2, "json", b"[1,\"2\"]", Err("this JSON array is no vec2")),
        (Vec2, "json", b"{\"x\":1,\"y\":2,\"z\":3}", Err("this JSON object is no vec2")),
        (Vec3, "text", b"", Err("an empty payload is no vec3")),
        (
            Vec3,
            "text",
            b"1,2,inf",
            Err("`1,2,inf` is no vec3: 1,2,3 or [1,2,3] or {\"x\":1,\"y\":2} or a colour such as #ff8800"),
        ),
        (Vec2, "u8", b"1", Err("codec u8 carries no vec2; text, json and a JSON path do")),
    ]);
}

#[test]
fn a_colours_digits_count_what_the_unit_says() {
    let mut lamp = node(Vec3, "text");
    for (unit, max, expected) in [
        (None, None, Some([255.0, 0.0, 51.0])),
        (None, Some(1.0), Some([1.0, 0.0, 0.2])),
        (Some("color.rgb"), None, Some([1.0, 0.0, 0.2])),
        (Some("color.hsv"), None, None),
        (Some("color.bgr"), None, None),
    ] {
        lamp.unit = unit.map(Unit::new);
        lamp.domain.max = max;
        assert_eq!(lamp.read(b"#ff0033").ok(), expected.map(Value::Vec3), "{unit:?}");
    }
}

#[test]
fn a_unit_is_read_over_but_never_another_one() {
    let mut oven = node(Float, "text");
    oven.unit = Some(Unit::new("°C"));
    for (payload, expected) in [
        ("20.0 °C", Ok((20.0, Some("°C")))),
        ("20.0℃", Ok((20.0, Some("℃")))),
        ("20 C", Ok((20.0, Some("C")))),
        ("20", Ok((20.0, None))),
        ("68 °F", Err("`68 °F` is not in °C, the node's unit")),
        ("20 doors", Err("`20 doors` is no number")),
    ] {
        let found = oven.read_with_unit(payload.as_bytes());
        let expected = expected.map(|(number, unit)| (Value::Float(number), unit)).map_err(str::to_owned);
        assert_eq!(found.map_err(|misfit| misfit.to_string()), expected, "{payload}");
    }
    oven.unit = Some(Unit::new("doors"));
    assert_eq!(oven.read(b"20 doors"), Ok(Value::Float(20.0)));
    oven.unit = Some(Unit::new("°F"));
    assert_eq!(oven.read(b"68F"), Ok(Value::Float(68.0)));
}

#[test]
fn what_is_quoted_is_short_and_safe_to_draw() {
    let words = node(Int, "text").read("x\u{202e}\u{1b}[31m".repeat(900).as_bytes()).unwrap_err().to_string();
    assert!(words.len() < 120 && words.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{words}");
}
