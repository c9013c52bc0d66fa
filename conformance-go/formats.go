package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// queryJSON asks for frames in JSON and holds them against what Grafana makes
// of the Arrow frames.
func (d *driver) queryJSON() error {
	queries, err := readQueries(d.options.queries)
	if err != nil {
		return err
	}
	ctx, cancel := d.call()
	defer cancel()
	request := &pluginv2.QueryDataRequest{PluginContext: d.context, Queries: queries}
	request.ProtoReflect().SetUnknown(askForJSON())
	wire, err := d.data.QueryData(ctx, request)
	if err != nil {
		return err
	}
	frames := make(map[string][]json.RawMessage)
	for refID, response := range wire.Responses {
		for _, frame := range response.Frames {
			frames[refID] = append(frames[refID], frame)
		}
	}
	return d.sameFrames(frames)
}

// askForJSON is the field "format" of a request with the value JSON.
// The SDK knows it only from later versions on.
func askForJSON() protoreflect.RawFields {
	const field, value = 4, 1
	return protowire.AppendVarint(protowire.AppendTag(nil, field, protowire.VarintType), value)
}

// queryChunked asks for the answers in parts and puts them together.
func (d *driver) queryChunked() error {
	queries, err := readQueries(d.options.queries)
	if err != nil {
		return err
	}
	ctx, cancel := d.call()
	defer cancel()
	stream, err := d.data.QueryChunkedData(ctx, &pluginv2.QueryChunkedDataRequest{
		PluginContext: d.context, Queries: queries,
	})
	if err != nil {
		return err
	}
	frames := make(map[string][]json.RawMessage)
	seen := make(map[string]bool)
	failed := make(map[string]string)
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if part.Error != "" {
			failed[part.RefId] = part.Error
			continue
		}
		if name := part.RefId + "/" + part.FrameId; seen[name] {
			return fmt.Errorf("there are two frames %q", name)
		} else {
			seen[name] = true
		}
		frame, err := data.UnmarshalArrowFrame(part.Frame)
		if err != nil {
			return fmt.Errorf("Grafana cannot decode a frame of %q: %w", part.RefId, err)
		}
		text, err := json.Marshal(frame)
		if err != nil {
			return err
		}
		frames[part.RefId] = append(frames[part.RefId], text)
	}
	for refID, response := range d.response.Responses {
		expected := ""
		if response.Error != nil {
			expected = response.Error.Error()
		}
		if failed[refID] != expected {
			return fmt.Errorf("the error of %q is %q in parts, %q as a whole", refID, failed[refID], expected)
		}
	}
	return d.sameFrames(frames)
}

// sameFrames compares frames with those of the whole answer.
func (d *driver) sameFrames(found map[string][]json.RawMessage) error {
	if d.response == nil {
		return errors.New("there is no answer to compare with")
	}
	expected := make(map[string][]json.RawMessage)
	for refID, response := range d.response.Responses {
		for _, frame := range response.Frames {
			text, err := json.Marshal(frame)
			if err != nil {
				return err
			}
			expected[refID] = append(expected[refID], text)
		}
	}
	left, err := json.Marshal(expected)
	if err != nil {
		return err
	}
	right, err := json.Marshal(found)
	if err != nil {
		return err
	}
	return differencesBetween(left, right)
}
