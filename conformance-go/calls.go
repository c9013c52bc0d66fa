package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// ping asks the health service for the name that go-plugin knows.
func (d *driver) ping() error {
	return d.protocol.Ping()
}

func (d *driver) health() error {
	ctx, cancel := d.call()
	defer cancel()
	health, err := d.diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{PluginContext: d.context})
	if err != nil {
		return err
	}
	if health.Status != pluginv2.CheckHealthResponse_OK {
		return fmt.Errorf("status %v: %s", health.Status, health.Message)
	}
	if len(health.JsonDetails) > 0 && !json.Valid(health.JsonDetails) {
		return fmt.Errorf("details are not JSON: %s", health.JsonDetails)
	}
	return nil
}

func (d *driver) metrics() error {
	ctx, cancel := d.call()
	defer cancel()
	metrics, err := d.diagnostics.CollectMetrics(ctx, &pluginv2.CollectMetricsRequest{PluginContext: d.context})
	if err != nil {
		return err
	}
	if len(metrics.GetMetrics().GetPrometheus()) == 0 {
		return errors.New("there are none")
	}
	return nil
}

// openResource makes a GET call.
func (d *driver) openResource(ctx context.Context, path string) (pluginv2.Resource_CallResourceClient, error) {
	return d.resource.CallResource(ctx, &pluginv2.CallResourceRequest{
		PluginContext: d.context, Method: "GET", Path: path, Url: path,
	})
}

// stream reads an answer part by part.
// Only the first part may carry a status.
func (d *driver) stream() error {
	ctx, cancel := d.call()
	defer cancel()
	stream, err := d.openResource(ctx, d.options.stream)
	if err != nil {
		return err
	}
	parts := 0
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if parts == 0 && part.Code != 200 {
			return fmt.Errorf("status %d", part.Code)
		}
		if parts > 0 && part.Code != 0 {
			return fmt.Errorf("part %d has the status %d", parts, part.Code)
		}
		parts++
	}
	if parts < d.options.minParts {
		return fmt.Errorf("expected %d parts at least, found %d", d.options.minParts, parts)
	}
	return nil
}

// cancelQuery goes away while a query is being answered.
func (d *driver) cancelQuery() error {
	return d.cancelled(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		_, err := d.data.QueryData(ctx, &pluginv2.QueryDataRequest{
			PluginContext: d.context,
			Queries: []*pluginv2.DataQuery{{
				RefId: "A", TimeRange: &pluginv2.TimeRange{}, Json: []byte(d.options.cancelQuery),
			}},
		})
		// The plugin learns the deadline with the call: whoever notices first that it is over says so.
		if code := status.Code(err); code != codes.DeadlineExceeded && code != codes.Canceled {
			return fmt.Errorf("the query was answered before it could be cancelled: %v", code)
		}
		return nil
	})
}

// cancelResource goes away in the middle of an answer.
func (d *driver) cancelResource() error {
	return d.cancelled(func() error {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		stream, err := d.openResource(ctx, d.options.cancelResource)
		if err != nil {
			return err
		}
		if _, err := stream.Recv(); err != nil {
			return err
		}
		cancel()
		for {
			if _, err := stream.Recv(); err != nil {
				if code := status.Code(err); code != codes.Canceled {
					return fmt.Errorf("the answer ended with %v before it could be cancelled", code)
				}
				return nil
			}
		}
	})
}

// cancelled sees the plugin drop exactly what the call began, and answer on.
func (d *driver) cancelled(call func() error) error {
	before, err := d.countCancelled()
	if err != nil {
		return err
	}
	if err := call(); err != nil {
		return err
	}
	if err := d.health(); err != nil {
		return fmt.Errorf("health after the cancellation: %w", err)
	}
	if d.options.cancelCount == "" {
		return nil
	}
	after := before
	for range 100 {
		if after, err = d.countCancelled(); err != nil {
			return err
		}
		if after == before+1 {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("the plugin worked on: it counts %d cancelled calls, and %d before", after, before)
}

func (d *driver) countCancelled() (int, error) {
	if d.options.cancelCount == "" {
		return 0, nil
	}
	ctx, cancel := d.call()
	defer cancel()
	stream, err := d.openResource(ctx, d.options.cancelCount)
	if err != nil {
		return 0, err
	}
	part, err := stream.Recv()
	if err != nil {
		return 0, err
	}
	var count int
	if err := json.Unmarshal(part.Body, &count); err != nil {
		return 0, fmt.Errorf("reading the count of cancelled calls from %q: %w", part.Body, err)
	}
	return count, nil
}
