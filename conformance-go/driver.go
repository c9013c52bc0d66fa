package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// driver is one plugin process under test.
type driver struct {
	options options

	command  *exec.Cmd
	client   *plugin.Client
	protocol plugin.ClientProtocol
	log      *logLines

	diagnostics grpcplugin.DiagnosticsClient
	resource    grpcplugin.ResourceClient
	data        grpcplugin.DataClient

	context  *pluginv2.PluginContext
	response *backend.QueryDataResponse
}

// start starts the process as Grafana does and connects to it.
func (d *driver) start() error {
	context, err := pluginContext(d.options.settings)
	if err != nil {
		return fmt.Errorf("%w: %w", errStop, err)
	}
	d.context = context
	d.log = &logLines{}
	d.command = exec.Command(d.options.plugin)
	d.command.Env = environment()
	d.client = plugin.NewClient(&plugin.ClientConfig{
		Cmd:         d.command,
		SkipHostEnv: true,
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion:  grpcplugin.ProtocolVersion,
			MagicCookieKey:   grpcplugin.MagicCookieKey,
			MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]plugin.PluginSet{
			grpcplugin.ProtocolVersion: {
				"diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{},
				"resource":    &grpcplugin.ResourceGRPCPlugin{},
				"data":        &grpcplugin.DataGRPCPlugin{},
			},
		},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger: hclog.New(&hclog.LoggerOptions{
			Name: "plugin", Level: hclog.Trace, Output: d.log, JSONFormat: true,
		}),
		Stderr: io.Discard,
	})
	if d.protocol, err = d.client.Client(); err != nil {
		return fmt.Errorf("%w: %w", errStop, err)
	}
	if d.diagnostics, err = dispense[grpcplugin.DiagnosticsClient](d, "diagnostics"); err != nil {
		return fmt.Errorf("%w: %w", errStop, err)
	}
	if d.resource, err = dispense[grpcplugin.ResourceClient](d, "resource"); err != nil {
		return fmt.Errorf("%w: %w", errStop, err)
	}
	if d.data, err = dispense[grpcplugin.DataClient](d, "data"); err != nil {
		return fmt.Errorf("%w: %w", errStop, err)
	}
	return nil
}

func dispense[T any](d *driver, name string) (T, error) {
	raw, err := d.protocol.Dispense(name)
	if err != nil {
		var none T
		return none, err
	}
	client, ok := raw.(T)
	if !ok {
		return client, fmt.Errorf("the client for %q is a %T", name, raw)
	}
	return client, nil
}

// environment is what Grafana passes on, and nothing else.
// Variables for plugins, GF_PLUGIN_*, come from our own environment.
func environment() []string {
	passed := []string{"GF_VERSION=12.4.0", "GF_EDITION=Open Source"}
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "GF_PLUGIN_") || strings.HasPrefix(variable, "TMPDIR=") {
			passed = append(passed, variable)
		}
	}
	return passed
}

// shutdown asks the process to end and sees it end by itself.
func (d *driver) shutdown() error {
	begin := time.Now()
	d.client.Kill()
	took := time.Since(begin)
	state := d.command.ProcessState
	switch {
	case !d.client.Exited() || state == nil:
		return errors.New("the process is still there")
	case !state.Success():
		return fmt.Errorf("the process ended with %v", state)
	case took >= 2*time.Second:
		return fmt.Errorf("it took %v", took)
	}
	for _, complaint := range []string{"failed to exit gracefully", "stdio service"} {
		if line := d.log.find(complaint, ""); line != "" {
			return fmt.Errorf("the client library complained: %s", line)
		}
	}
	return nil
}
