package main

import (
	"strings"
	"testing"
)

func TestEqualJSONHasNoDifferences(t *testing.T) {
	for _, pair := range [][2]string{
		{`{"a":1,"b":[true,null]}`, `{"b":[true,null],"a":1}`},
		{`[1e21,1,0.1]`, `[1000000000000000000000,1.0,1e-1]`},
		{`[-0]`, `[0]`},
		{`"\u003c"`, `"<"`},
	} {
		differences, err := compareJSON([]byte(pair[0]), []byte(pair[1]))
		if err != nil || len(differences) != 0 {
			t.Errorf("%s and %s: %v %v", pair[0], pair[1], differences, err)
		}
	}
}

func TestEveryDifferenceIsToldWithItsPath(t *testing.T) {
	for _, row := range []struct{ grafanas, ours, difference string }{
		{`{"a":1}`, `{"a":2}`, "$.a: Grafana has 1, we have 2"},
		{`{"a":1}`, `{}`, "$.a: Grafana has 1, we have nothing"},
		{`{}`, `{"a":null}`, "$.a: Grafana has nothing, we have null"},
		{`{"a":[1,[2]]}`, `{"a":[1,[3]]}`, "$.a[1][0]: Grafana has 2, we have 3"},
		{`[1]`, `[1,1]`, "$: Grafana has 1 entries, we have 2"},
		{`[]`, `{}`, "$: Grafana has a list, we have {}"},
		{`{}`, `null`, "$: Grafana has an object, we have null"},
		{`9007199254740993`, `9007199254740992`, "$: Grafana has 9007199254740993, we have 9007199254740992"},
		{`0.1`, `0.10000000000000002`, "$: Grafana has 0.1, we have 0.10000000000000002"},
		{`1`, `"1"`, `$: Grafana has 1, we have "1"`},
		{`null`, `0`, "$: Grafana has null, we have 0"},
		{`true`, `false`, "$: Grafana has true, we have false"},
	} {
		differences, err := compareJSON([]byte(row.grafanas), []byte(row.ours))
		if err != nil || strings.Join(differences, "; ") != row.difference {
			t.Errorf("%s and %s: %v %v", row.grafanas, row.ours, differences, err)
		}
	}
}

func TestTextThatIsNotJSONIsAnError(t *testing.T) {
	for _, text := range []string{``, `{`, `1 2`} {
		if _, err := compareJSON([]byte(`1`), []byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
