package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// logLines keeps what the client library logs, plugin lines among it.
type logLines struct {
	mutex sync.Mutex
	lines []string
}

func (l *logLines) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.lines = append(l.lines, strings.TrimSpace(string(line)))
	return len(line), nil
}

// find returns the first line whose message contains text, at a level; an
// empty level stands for any.
func (l *logLines) find(text, level string) string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, line := range l.lines {
		var entry struct {
			Message string `json:"@message"`
			Level   string `json:"@level"`
		}
		if json.Unmarshal([]byte(line), &entry) != nil {
			continue
		}
		if strings.Contains(entry.Message, text) && (level == "" || entry.Level == level) {
			return line
		}
	}
	return ""
}

// logged looks for a line that the plugin wrote, as Grafana would file it.
func (d *driver) logged() error {
	if d.log.find(d.options.logMessage, "info") != "" {
		return nil
	}
	if line := d.log.find(d.options.logMessage, ""); line != "" {
		return fmt.Errorf("expected level info: %s", line)
	}
	return fmt.Errorf("no line says %q", d.options.logMessage)
}
