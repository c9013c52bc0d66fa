// Command conformance-go drives a plugin executable with the client library
// and the data frame decoder that Grafana itself uses.
//
// It prints one line for each check and exits with 1 as soon as one failed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"
)

// options are what the command line says.
type options struct {
	plugin         string
	settings       string
	queries        string
	ours           string
	out            string
	formats        bool
	stream         string
	minParts       int
	cancelQuery    string
	cancelResource string
	cancelCount    string
	logMessage     string
	timeout        time.Duration
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.plugin, "plugin", "", "path of the plugin executable (required)")
	flag.StringVar(&o.settings, "settings", "", "JSON file with the settings of the datasource")
	flag.StringVar(&o.queries, "queries", "", "JSON file in the form of a request to /api/ds/query")
	flag.StringVar(&o.ours, "ours", "", "JSON file in the form of an answer of /api/ds/query, to compare Grafana's JSON with")
	flag.StringVar(&o.out, "out", "", "folder to write Grafana's JSON to, one file a query")
	flag.BoolVar(&o.formats, "formats", false, "also query in parts, and with frames in JSON")
	flag.StringVar(&o.stream, "stream", "", "resource path whose answer comes in parts")
	flag.IntVar(&o.minParts, "min-parts", 2, "how many parts that answer has at least")
	flag.StringVar(&o.cancelQuery, "cancel-query", "", "JSON object of a query that takes long, to be cancelled")
	flag.StringVar(&o.cancelResource, "cancel-resource", "", "resource path whose answer never ends, to be cancelled")
	flag.StringVar(&o.cancelCount, "cancel-count", "", "resource path that answers how many calls were cancelled")
	flag.StringVar(&o.logMessage, "log", "", "message that the plugin logs at level info while it is driven")
	flag.DurationVar(&o.timeout, "timeout", 30*time.Second, "longest time for any one call")
	flag.Parse()
	return o
}

func main() {
	o := parseOptions()
	if o.plugin == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	failed := false
	for _, c := range checksFor(o) {
		switch err := c.run(); {
		case err == nil:
			fmt.Printf("ok      %s\n", c.name)
		case errors.Is(err, errStop):
			fmt.Printf("FAILED  %s: %v\n", c.name, err)
			os.Exit(1)
		default:
			fmt.Printf("FAILED  %s: %v\n", c.name, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

// errStop marks failures after which nothing else makes sense.
var errStop = errors.New("nothing else can be checked")

// check is one thing that must hold.
type check struct {
	name string
	run  func() error
}

// checksFor lists the checks in the order in which they run.
func checksFor(o options) []check {
	d := &driver{options: o}
	checks := []check{
		{"handshake", d.start},
		{"ping", d.ping},
		{"health", d.health},
		{"metrics", d.metrics},
	}
	if o.queries != "" {
		checks = append(checks, check{"query: Grafana decodes every frame", d.query})
	}
	if o.ours != "" {
		checks = append(checks, check{"query: Grafana's JSON equals ours", d.compare})
	}
	if o.queries != "" && o.formats {
		checks = append(checks,
			check{"query: frames in JSON equal Grafana's", d.queryJSON},
			check{"query in parts: the same frames", d.queryChunked})
	}
	if o.stream != "" {
		checks = append(checks, check{"resource: an answer in parts", d.stream})
	}
	if o.cancelQuery != "" {
		checks = append(checks, check{"cancellation of a query", d.cancelQuery})
	}
	if o.cancelResource != "" {
		checks = append(checks, check{"cancellation of a resource call", d.cancelResource})
	}
	if o.logMessage != "" {
		checks = append(checks, check{"log line at its level", d.logged})
	}
	return append(checks, check{"shutdown in good order", d.shutdown})
}

// call bounds the time of one call.
func (d *driver) call() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d.options.timeout)
}
