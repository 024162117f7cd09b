package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// How many answers of one version in a row say that nothing else answers any more.
const steady = 20

// Time between two requests.
const pace = 50 * time.Millisecond

// A request that is answered late has not failed: pods without requests for processors may stand still for seconds
// where these are busy. One that went to a pod which is gone is never answered.
const lateness = 10 * time.Second

// What came of all requests since they were first answered steadily.
type record struct {
	Asked  int `json:"asked"`
	Failed int `json:"failed"`
	// The versions that answered alone for a while, in their order.
	Versions []string `json:"versions"`
	// What the last failure was.
	Failure string `json:"failure,omitempty"`

	last string
	row  int
}

// Counts one request. What does not answer steadily yet is only starting, and cannot fail.
func (r *record) count(body string, err error) {
	if err != nil && len(r.Versions) == 0 {
		*r = record{Versions: []string{}}
		return
	}
	r.Asked++
	if err != nil {
		r.Failed++
		r.Failure = err.Error()
		r.row = 0
		return
	}
	version := lineIn(body, "version")
	if version == r.last {
		r.row++
	} else {
		r.last, r.row = version, 1
	}
	if r.row >= steady && (len(r.Versions) == 0 || r.Versions[len(r.Versions)-1] != version) {
		r.Versions = append(r.Versions, version)
	}
}

// Says at /ready whether the record has begun, which a readiness probe can ask: what fails before is not counted.
func readiness(begun *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if !begun.Load() {
			http.Error(w, "not answered steadily so far", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	return mux
}

// Asks until it is told to end. The record is printed each second, as one line of JSON.
func load(ctx context.Context, url, port string, out io.Writer) error {
	var begun atomic.Bool
	server := &http.Server{Addr: ":" + port, Handler: readiness(&begun)}
	defer server.Close()
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	r := record{Versions: []string{}}
	requests := time.NewTicker(pace)
	lines := time.NewTicker(time.Second)
	defer requests.Stop()
	defer lines.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-requests.C:
			body, err := ask(ctx, url, lateness)
			if ctx.Err() == nil {
				r.count(body, err)
				begun.Store(len(r.Versions) > 0)
			}
		case <-lines.C:
			line, err := json.Marshal(r)
			if err != nil {
				return err
			}
			fmt.Fprintln(out, string(line))
		}
	}
}
