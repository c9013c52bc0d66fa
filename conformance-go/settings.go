package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
)

// settings are those of a datasource, in the words of a provisioning file.
type settings struct {
	UID            string            `json:"uid"`
	Name           string            `json:"name"`
	Type           string            `json:"type"`
	URL            string            `json:"url"`
	BasicAuth      bool              `json:"basicAuth"`
	BasicAuthUser  string            `json:"basicAuthUser"`
	JSONData       json.RawMessage   `json:"jsonData"`
	SecureJSONData map[string]string `json:"secureJsonData"`
}

// pluginContext is a call of a viewer to the datasource of these settings.
func pluginContext(file string) (*pluginv2.PluginContext, error) {
	s := settings{UID: "conformance", Name: "Conformance", Type: "conformance-datasource"}
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("reading settings from %s: %w", file, err)
		}
	}
	if s.JSONData == nil {
		s.JSONData = json.RawMessage("{}")
	}
	return &pluginv2.PluginContext{
		OrgId:    1,
		PluginId: s.Type,
		User:     &pluginv2.User{Login: "viewer", Name: "A Viewer", Role: "Viewer"},
		DataSourceInstanceSettings: &pluginv2.DataSourceInstanceSettings{
			Id: 1, Uid: s.UID, Name: s.Name, Url: s.URL,
			BasicAuthEnabled: s.BasicAuth, BasicAuthUser: s.BasicAuthUser,
			JsonData: s.JSONData, DecryptedSecureJsonData: s.SecureJSONData,
			LastUpdatedMS: 1,
		},
		GrafanaConfig: map[string]string{"GF_APP_URL": "http://localhost:3000/"},
		UserAgent:     "Grafana/12.4.0",
	}, nil
}
