package main

import (
	"bytes"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"labwright.local/modules/lab/internal/children"
)

// One table for all tests: two reapers in one process would take each other's children.
var table = children.NewTable()

// safeBuffer is written by the supervisor and read by the test at the same time.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

type rig struct {
	t      *testing.T
	dir    string
	stop   chan os.Signal
	log    safeBuffer
	result chan error
	s      *supervisor
}

// newRig stands a shell script in for calico-node. It notes its arguments and the node name it was
// given in the file "calls", then does what the test says.
func newRig(t *testing.T, behaviour string, env ...string) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), stop: make(chan os.Signal, 1), result: make(chan error, 1)}
	program := filepath.Join(r.dir, "calico-node")
	script := "#!/bin/sh\ncd '" + r.dir + "'\necho \"$* name=$NODENAME\" >> calls\n" + behaviour
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	r.s = &supervisor{
		table:   table,
		program: program,
		env: newEnvironment(append([]string{
			"PATH=" + os.Getenv("PATH"),
			"CALICO_NETWORKING_BACKEND=vxlan",
			"CALICO_NODENAME_FILE=" + filepath.Join(r.dir, "nodename"),
		}, env...)),
		log:   log.New(&r.log, "", 0),
		stop:  r.stop,
		pause: 50 * time.Millisecond,
		grace: 500 * time.Millisecond,
	}
	return r
}

func (r *rig) run() { go func() { r.result <- r.s.run() }() }

func (r *rig) calls() []string {
	content, _ := os.ReadFile(filepath.Join(r.dir, "calls"))
	return strings.Split(strings.TrimSpace(string(content)), "\n")
}

func (r *rig) count(call string) int {
	n := 0
	for _, each := range r.calls() {
		if each == call {
			n++
		}
	}
	return n
}

func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("never: %s\ncalls:\n%s\nlog:\n%s", what, strings.Join(r.calls(), "\n"), r.log.String())
		}
	}
}

func (r *rig) end() error {
	r.t.Helper()
	select {
	case err := <-r.result:
		return err
	case <-time.After(10 * time.Second):
		r.t.Fatalf("did not end; log:\n%s", r.log.String())
		return nil
	}
}

const wellBehaved = `
case "$*" in
-startup) printf worker1 > nodename ;;
*run-once*) ;;
*) exec sleep 60 ;;
esac
`

func TestOrderThenAllServicesThenStop(t *testing.T) {
	r := newRig(t, wellBehaved)
	r.run()
	r.until("all services run", func() bool { return len(r.calls()) == 8 })
	calls := r.calls()
	if calls[0] != "-startup name=" || calls[1] != "-allocate-tunnel-addrs -allocate-tunnel-addrs-run-once name=worker1" {
		t.Errorf("the steps came in this order: %q", calls)
	}
	for _, flag := range []string{"complete-startup", "felix", "monitor-addresses", "allocate-tunnel-addrs", "status-reporter", "monitor-token"} {
		if r.count("-"+flag+" name=worker1") != 1 {
			t.Errorf("-%s runs %d times, want once", flag, r.count("-"+flag+" name=worker1"))
		}
	}
	r.stop <- syscall.SIGTERM
	if err := r.end(); err != nil {
		t.Error(err)
	}
	if n := table.Signal(0); n != 0 {
		t.Errorf("%d processes left", n)
	}
}

func TestFelixAsksToBeRestarted(t *testing.T) {
	r := newRig(t, `[ "$1" = -felix ] && [ ! -e asked ] && touch asked && exit 129`+wellBehaved)
	r.s.pause = time.Hour
	r.run()
	r.until("felix runs again at once", func() bool { return r.count("-felix name=worker1") == 2 })
	r.stop <- syscall.SIGTERM
	if err := r.end(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(r.log.String(), "felix (pid ") || !strings.Contains(r.log.String(), "asked to be restarted (exit code 129)") {
		t.Errorf("log:\n%s", r.log.String())
	}
}

func TestServiceThatFailsComesBackAlone(t *testing.T) {
	r := newRig(t, `[ "$1" = -monitor-token ] && exit 1`+wellBehaved)
	r.run()
	r.until("the service is started again and again", func() bool { return r.count("-monitor-token name=worker1") >= 3 })
	r.stop <- syscall.SIGTERM
	if err := r.end(); err != nil {
		t.Error(err)
	}
	if n := r.count("-felix name=worker1"); n != 1 {
		t.Errorf("felix was started %d times, want once", n)
	}
}

func TestStepIsRepeatedThenGivenUp(t *testing.T) {
	r := newRig(t, `[ "$1" = -startup ] && [ ! -e failed ] && touch failed && exit 1`+wellBehaved)
	r.run()
	r.until("services run after a second try", func() bool { return r.count("-felix name=worker1") == 1 })
	r.stop <- syscall.SIGTERM
	if err := r.end(); err != nil {
		t.Error(err)
	}
	if n := r.count("-startup name="); n != 2 {
		t.Errorf("startup ran %d times, want 2", n)
	}

	r = newRig(t, `exit 1`)
	r.s.pause = time.Millisecond
	r.run()
	if err := r.end(); err == nil || !strings.Contains(err.Error(), "startup failed 5 times") {
		t.Errorf("error %v", err)
	}
}

func TestStopWhileStartingUp(t *testing.T) {
	r := newRig(t, `exec sleep 60`)
	r.run()
	r.until("the first step runs", func() bool { return r.count("-startup name=") == 1 })
	r.stop <- syscall.SIGINT
	if err := r.end(); err != nil {
		t.Error(err)
	}
	if len(r.calls()) != 1 {
		t.Errorf("went on with %q", r.calls())
	}
}

func TestProcessThatIgnoresTheSignalIsKilled(t *testing.T) {
	r := newRig(t, `[ "$1" = -felix ] && trap '' TERM && touch deaf`+wellBehaved)
	r.run()
	r.until("felix is deaf", func() bool { _, err := os.Stat(filepath.Join(r.dir, "deaf")); return err == nil })
	r.until("everything runs", func() bool { return len(r.calls()) == 8 })
	r.stop <- syscall.SIGTERM
	if err := r.end(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(r.log.String(), "are killed") {
		t.Errorf("log:\n%s", r.log.String())
	}
}

func TestBackendThatNeedsBGP(t *testing.T) {
	for _, backend := range []string{"bird", ""} {
		r := newRig(t, wellBehaved)
		r.s.env = r.s.env.with("CALICO_NETWORKING_BACKEND", backend)
		r.run()
		if err := r.end(); err == nil || !strings.Contains(err.Error(), "no BGP daemon") {
			t.Errorf("backend %q: error %v", backend, err)
		}
	}
}

func TestNoNodeName(t *testing.T) {
	r := newRig(t, "exit 0")
	r.run()
	if err := r.end(); err == nil || !strings.Contains(err.Error(), "no node name") {
		t.Errorf("error %v", err)
	}
}

func TestServicesByEnvironment(t *testing.T) {
	var names []string
	for _, each := range services(environment{"CALICO_NETWORKING_BACKEND=none", "CALICO_DISABLE_FELIX=1", "CALICO_MANAGE_CNI=false"}) {
		names = append(names, each.name)
	}
	if want := []string{"complete-startup", "allocate-tunnel-addrs", "status-reporter"}; !slices.Equal(names, want) {
		t.Errorf("services %q, want %q", names, want)
	}
}

func TestEnvironmentOfServices(t *testing.T) {
	env := environment{"NODENAME=old", "DATASTORE_TYPE=kubernetes", "FELIX_XdpEnabled=true"}.forServices("worker1")
	for name, want := range map[string]string{
		"NODENAME":                   "worker1",
		"FELIX_FELIXHOSTNAME":        "worker1",
		"FELIX_DATASTORETYPE":        "kubernetes",
		"FELIX_DebugSkipCTLBCleanup": "true",
		"FELIX_XdpEnabled":           "true",
		"FELIX_XDPENABLED":           "",
		"FELIX_LOGFILEPATH":          "none",
	} {
		if got := env.get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
