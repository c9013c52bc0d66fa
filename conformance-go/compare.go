package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"sort"
	"strconv"
)

// mostDifferences is how many differences are told before the rest is left out.
const mostDifferences = 50

// compareJSON tells where two JSON texts differ in meaning.
// The order of keys does not matter; numbers are equal when they are the same
// number, to the last digit, however they are written.
func compareJSON(grafanas, ours []byte) ([]string, error) {
	left, err := decodeJSON(grafanas)
	if err != nil {
		return nil, fmt.Errorf("reading Grafana's JSON: %w", err)
	}
	right, err := decodeJSON(ours)
	if err != nil {
		return nil, fmt.Errorf("reading our JSON: %w", err)
	}
	var c comparison
	c.compare("$", left, right)
	return c.differences, nil
}

func decodeJSON(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, fmt.Errorf("there is more after offset %d", decoder.InputOffset())
	}
	return value, nil
}

type comparison struct {
	differences []string
}

func (c *comparison) tell(path, format string, arguments ...any) {
	if len(c.differences) < mostDifferences {
		c.differences = append(c.differences, path+": "+fmt.Sprintf(format, arguments...))
	}
}

func (c *comparison) compare(path string, grafanas, ours any) {
	switch left := grafanas.(type) {
	case map[string]any:
		right, ok := ours.(map[string]any)
		if !ok {
			c.tell(path, "Grafana has an object, we have %s", brief(ours))
			return
		}
		c.compareObjects(path, left, right)
	case []any:
		right, ok := ours.([]any)
		if !ok {
			c.tell(path, "Grafana has a list, we have %s", brief(ours))
			return
		}
		if len(left) != len(right) {
			c.tell(path, "Grafana has %d entries, we have %d", len(left), len(right))
			return
		}
		for i := range left {
			c.compare(path+"["+strconv.Itoa(i)+"]", left[i], right[i])
		}
	case json.Number:
		right, ok := ours.(json.Number)
		if !ok || !sameNumber(left, right) {
			c.tell(path, "Grafana has %s, we have %s", brief(grafanas), brief(ours))
		}
	default:
		if grafanas != ours {
			c.tell(path, "Grafana has %s, we have %s", brief(grafanas), brief(ours))
		}
	}
}

func (c *comparison) compareObjects(path string, grafanas, ours map[string]any) {
	keys := make([]string, 0, len(grafanas)+len(ours))
	for key := range grafanas {
		keys = append(keys, key)
	}
	for key := range ours {
		if _, ok := grafanas[key]; !ok {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	for _, key := range keys {
		left, inGrafanas := grafanas[key]
		right, inOurs := ours[key]
		below := path + "." + key
		switch {
		case !inOurs:
			c.tell(below, "Grafana has %s, we have nothing", brief(left))
		case !inGrafanas:
			c.tell(below, "Grafana has nothing, we have %s", brief(right))
		default:
			c.compare(below, left, right)
		}
	}
}

// sameNumber compares exactly: 64-bit integers do not fit into floats.
func sameNumber(left, right json.Number) bool {
	if left == right {
		return true
	}
	l, okLeft := new(big.Rat).SetString(left.String())
	r, okRight := new(big.Rat).SetString(right.String())
	return okLeft && okRight && l.Cmp(r) == 0
}

// brief is a value as JSON, cut after a line's worth.
func brief(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	if len(text) > 120 {
		return string(text[:120]) + "…"
	}
	return string(text)
}
