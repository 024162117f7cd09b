package main

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestPageShowsNoPassword(t *testing.T) {
	s := settings{version: "1", greeting: "Good morning", password: "flour"}
	server := httptest.NewServer(handler(s))
	defer server.Close()
	var out strings.Builder
	if err := get(t.Context(), server.URL+"/", &out); err != nil {
		t.Fatal(err)
	}
	// sha256sum of "flour" begins with these digits.
	for _, want := range []string{"version: 1\n", "greeting: Good morning\n", "password: fingerprint f55f97cf\n", "pod: "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in %q", want, out.String())
		}
	}
	if strings.Contains(out.String(), "flour") {
		t.Errorf("the password is in %q", out.String())
	}
}

func TestGetFailsForAnotherStatus(t *testing.T) {
	server := httptest.NewServer(handler(settings{}))
	defer server.Close()
	err := get(t.Context(), server.URL+"/nowhere", &strings.Builder{})
	if err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("got %v", err)
	}
}

func TestAskFailsAfterItsLimit(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	_, err := ask(t.Context(), server.URL, 50*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "deadline exceeded") {
		t.Errorf("got %v", err)
	}
}

func TestRecordCountsFromTheFirstAnswerOn(t *testing.T) {
	var r record
	answers := func(version string, times int) {
		for range times {
			r.count("version: "+version+"\n", nil)
		}
	}
	answers("1", steady-1)
	r.count("", errors.New("still starting"))
	if r.Asked != 0 || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
	answers("1", steady)
	answers("2", 1)
	answers("1", 1)
	answers("2", steady)
	answers("1", steady)
	if want := []string{"1", "2", "1"}; !reflect.DeepEqual(r.Versions, want) || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
	r.count("", errors.New("refused"))
	if r.Failed != 1 || r.Failure != "refused" {
		t.Errorf("got %+v", r)
	}
}

func TestReadyOnceTheRecordHasBegun(t *testing.T) {
	var begun atomic.Bool
	server := httptest.NewServer(readiness(&begun))
	defer server.Close()
	if _, err := ask(t.Context(), server.URL+"/ready", time.Second); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v", err)
	}
	begun.Store(true)
	if _, err := ask(t.Context(), server.URL+"/ready", time.Second); err != nil {
		t.Error(err)
	}
}

func TestLoadIsReadyAfterSteadyAnswers(t *testing.T) {
	server := httptest.NewServer(handler(settings{version: "1"}))
	defer server.Close()
	port := freePort(t)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	started := time.Now()
	go func() { ended <- load(ctx, server.URL+"/", port, io.Discard) }()
	for {
		if _, err := ask(ctx, "http://localhost:"+port+"/ready", time.Second); err == nil {
			break
		}
		if time.Since(started) > 30*time.Second {
			t.Fatal("never ready")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if took := time.Since(started); took < steady*pace {
		t.Errorf("ready after %s, before %d answers", took, steady)
	}
	end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestLoadFailsWhereItsPortIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if err := load(t.Context(), "http://localhost/", portOf(taken), io.Discard); err == nil {
		t.Error("it goes on")
	}
}

func freePort(t *testing.T) string {
	listener, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return portOf(listener)
}

func portOf(listener net.Listener) string {
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

func TestCountSaysHowOftenEachPodAnswers(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "version: 1\npod: "+[]string{"b", "a", "b"}[(asked.Add(1)-1)%3]+"\n")
	}))
	defer server.Close()
	var out strings.Builder
	if err := count(t.Context(), server.URL, "6", &out); err != nil || out.String() != "a: 2\nb: 4\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
	for _, times := range []string{"0", "many"} {
		if err := count(t.Context(), server.URL, times, io.Discard); err == nil {
			t.Errorf("%s requests are accepted", times)
		}
	}
	server.Close()
	if err := count(t.Context(), server.URL, "2", io.Discard); err == nil {
		t.Error("a server that is gone is counted")
	}
}

func TestHangsAfterItsTime(t *testing.T) {
	server := httptest.NewServer(handler(settings{version: "1", hangAfter: 200 * time.Millisecond}))
	defer server.Close()
	if _, err := ask(t.Context(), server.URL+"/ready", time.Second); err != nil {
		t.Error(err)
	}
	time.Sleep(250 * time.Millisecond)
	if _, err := ask(t.Context(), server.URL+"/ready", 100*time.Millisecond); err == nil {
		t.Error("it still answers")
	}
}

func TestDiaryHasEveryPodOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "diary")
	for _, pod := range []string{"a", "a", "b"} {
		if _, err := keepDiary(file, pod); err != nil {
			t.Fatal(err)
		}
	}
	pods, err := keepDiary(file, "b")
	if err != nil || !reflect.DeepEqual(pods, []string{"a", "b"}) {
		t.Errorf("got %v, %v", pods, err)
	}
	if _, err := keepDiary(t.TempDir(), "a"); err == nil {
		t.Error("a folder is written")
	}
}

func TestAPIAsksWithTheToken(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" || r.URL.Path != "/api/v1/pods" {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, "pods")
	}))
	defer server.Close()
	folder := t.TempDir()
	address := server.Listener.Addr().String()
	if err := api(t.Context(), address, folder, "/api/v1/pods", io.Discard); err == nil || !strings.Contains(err.Error(), "no token") {
		t.Errorf("got %v", err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, content := range map[string][]byte{"token": []byte("secret"), "ca.crt": certificate} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := api(t.Context(), address, folder, "/api/v1/pods", &out); err != nil || out.String() != "pods" {
		t.Errorf("got %q, %v", out.String(), err)
	}
	if err := api(t.Context(), address, folder, "/", io.Discard); err == nil || !strings.Contains(err.Error(), "status 403") {
		t.Errorf("got %v", err)
	}
}

func TestSettings(t *testing.T) {
	env := func(values map[string]string) func(string) string {
		return func(name string) string { return values[name] }
	}
	if s, err := settingsFrom(env(nil)); err != nil || s.port != "8080" {
		t.Errorf("got %+v, %v", s, err)
	}
	if _, err := settingsFrom(env(map[string]string{"START_DELAY": "soon"})); err == nil {
		t.Error("an unreadable delay is accepted")
	}
}
