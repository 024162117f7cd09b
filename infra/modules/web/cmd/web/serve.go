package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// What the environment says about the server.
type settings struct {
	port       string
	startDelay time.Duration
	// How long it goes on answering after it was told to end: kube-proxy on every node needs a moment to
	// learn that a pod is going, and sends it requests until then.
	endDelay time.Duration
	// How long it answers before it hangs: it takes requests then, and never answers them. None: it does not hang.
	hangAfter time.Duration
	version   string
	name      string
	greeting  string
	password  string
	// The file in which pods write their names, and all that are in it.
	diary string
	pods  []string
}

func settingsFrom(env func(string) string) (settings, error) {
	s := settings{
		port:     env("PORT"),
		version:  env("VERSION"),
		name:     env("NAME"),
		greeting: env("GREETING"),
		password: env("PASSWORD"),
		diary:    env("DIARY"),
	}
	if s.port == "" {
		s.port = "8080"
	}
	var startErr, endErr, hangErr error
	s.startDelay, startErr = delay(env, "START_DELAY")
	s.endDelay, endErr = delay(env, "END_DELAY")
	s.hangAfter, hangErr = delay(env, "HANG_AFTER")
	return s, errors.Join(startErr, endErr, hangErr)
}

// A variable such as `2s`; none where it is not set.
func delay(env func(string) string, name string) (time.Duration, error) {
	if env(name) == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(env(name))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

func serve(ctx context.Context, s settings) error {
	fmt.Printf("version %s starts\n", s.version)
	select {
	case <-time.After(s.startDelay):
	case <-ctx.Done():
		return nil
	}
	pod, _ := os.Hostname()
	pods, err := keepDiary(s.diary, pod)
	if err != nil {
		return err
	}
	s.pods = pods
	server := &http.Server{Addr: ":" + s.port, Handler: handler(s)}
	server.SetKeepAlivesEnabled(false)
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	fmt.Printf("answering on port %s\n", s.port)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	time.Sleep(s.endDelay)
	fmt.Println("ends")
	end, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := server.Shutdown(end); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func handler(s settings) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ready") })
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, page(s)) })
	if s.hangAfter == 0 {
		return mux
	}
	return hangsAt(time.Now().Add(s.hangAfter), mux)
}

// Answers until then; after it a request waits until its client gives up.
func hangsAt(end time.Time, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if time.Now().After(end) {
			<-r.Context().Done()
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Lines of `name: value`; what was not set is left out.
func page(s settings) string {
	pod, _ := os.Hostname()
	text := ""
	for _, line := range [][2]string{
		{"name", s.name}, {"version", s.version}, {"greeting", s.greeting}, {"password", fingerprint(s.password)}, {"pod", pod},
		{"diary", strings.Join(s.pods, ", ")},
	} {
		if line[1] != "" {
			text += line[0] + ": " + line[1] + "\n"
		}
	}
	return text
}

// Tells passwords apart without showing them: the first eight hex digits of the SHA-256.
func fingerprint(password string) string {
	if password == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(password))
	return fmt.Sprintf("fingerprint %x", sum[:4])
}
