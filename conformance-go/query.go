package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
)

// queryRequest is the body of a request to /api/ds/query, times in
// milliseconds since 1970.
type queryRequest struct {
	From    json.RawMessage   `json:"from"`
	To      json.RawMessage   `json:"to"`
	Queries []json.RawMessage `json:"queries"`
}

func readQueries(file string) ([]*pluginv2.DataQuery, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var request queryRequest
	if err := json.Unmarshal(text, &request); err != nil {
		return nil, fmt.Errorf("reading queries from %s: %w", file, err)
	}
	from, err := millis(request.From)
	if err != nil {
		return nil, fmt.Errorf("reading \"from\": %w", err)
	}
	to, err := millis(request.To)
	if err != nil {
		return nil, fmt.Errorf("reading \"to\": %w", err)
	}
	queries := make([]*pluginv2.DataQuery, len(request.Queries))
	for i, raw := range request.Queries {
		known := struct {
			RefID         string `json:"refId"`
			QueryType     string `json:"queryType"`
			IntervalMs    int64  `json:"intervalMs"`
			MaxDataPoints int64  `json:"maxDataPoints"`
		}{IntervalMs: 1000, MaxDataPoints: 100}
		if err := json.Unmarshal(raw, &known); err != nil {
			return nil, fmt.Errorf("reading query %d: %w", i, err)
		}
		queries[i] = &pluginv2.DataQuery{
			RefId: known.RefID, QueryType: known.QueryType,
			IntervalMS: known.IntervalMs, MaxDataPoints: known.MaxDataPoints,
			TimeRange: &pluginv2.TimeRange{FromEpochMS: from, ToEpochMS: to}, Json: raw,
		}
	}
	if len(queries) == 0 {
		return nil, fmt.Errorf("%s holds no queries", file)
	}
	return queries, nil
}

// millis reads a number or, as browsers send it, a string with a number.
func millis(raw json.RawMessage) (int64, error) {
	text := string(raw)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	return strconv.ParseInt(text, 10, 64)
}

// query sends all queries at once and decodes the frames as Grafana does.
func (d *driver) query() error {
	queries, err := readQueries(d.options.queries)
	if err != nil {
		return err
	}
	ctx, cancel := d.call()
	defer cancel()
	wire, err := d.data.QueryData(ctx, &pluginv2.QueryDataRequest{PluginContext: d.context, Queries: queries})
	if err != nil {
		return err
	}
	for _, query := range queries {
		if _, ok := wire.Responses[query.RefId]; !ok {
			return fmt.Errorf("query %q has no answer", query.RefId)
		}
	}
	if d.response, err = backend.FromProto().QueryDataResponse(wire); err != nil {
		return fmt.Errorf("Grafana cannot decode the answer: %w", err)
	}
	frames := 0
	for _, response := range d.response.Responses {
		frames += len(response.Frames)
	}
	if frames == 0 {
		return errors.New("no query was answered with a frame")
	}
	fmt.Printf("        %d answers, %d frames\n", len(d.response.Responses), frames)
	return d.write()
}

// write keeps Grafana's JSON, one file a query.
func (d *driver) write() error {
	if d.options.out == "" {
		return nil
	}
	if err := os.MkdirAll(d.options.out, 0o755); err != nil {
		return err
	}
	for refID, response := range d.response.Responses {
		text, err := json.Marshal(response)
		if err != nil {
			return fmt.Errorf("writing the answer to %q: %w", refID, err)
		}
		if err := os.WriteFile(filepath.Join(d.options.out, filepath.Base(refID)+".json"), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compare holds Grafana's JSON of the whole answer against ours.
func (d *driver) compare() error {
	if d.response == nil {
		return errors.New("there is no answer to compare with")
	}
	grafanas, err := json.Marshal(d.response)
	if err != nil {
		return fmt.Errorf("making Grafana's JSON: %w", err)
	}
	ours, err := os.ReadFile(d.options.ours)
	if err != nil {
		return err
	}
	return differencesBetween(grafanas, ours)
}

// differencesBetween prints where two JSON texts differ; any is an error.
func differencesBetween(grafanas, ours []byte) error {
	differences, err := compareJSON(grafanas, ours)
	if err != nil {
		return err
	}
	for _, difference := range differences {
		fmt.Printf("        %s\n", difference)
	}
	if len(differences) > 0 {
		return fmt.Errorf("%d differences", len(differences))
	}
	return nil
}
