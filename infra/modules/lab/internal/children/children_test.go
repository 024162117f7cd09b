package children

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// One table for all tests: two reapers in one process would take each other's children.
var table = NewTable()

func start(t *testing.T, script string) *Child {
	t.Helper()
	child, err := table.Start("/bin/sh", []string{"sh", "-c", script}, os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	return child
}

func wait(t *testing.T, child *Child) syscall.WaitStatus {
	t.Helper()
	select {
	case status := <-child.Done:
		return status
	case <-time.After(10 * time.Second):
		t.Fatalf("process %d did not end", child.Pid)
		panic("unreachable")
	}
}

func TestStatusOfManyShortChildren(t *testing.T) {
	var started []*Child
	for code := range 20 {
		started = append(started, start(t, "exit "+strconv.Itoa(code)))
	}
	for code, child := range started {
		if got := wait(t, child).ExitStatus(); got != code {
			t.Errorf("exit status %d, want %d", got, code)
		}
	}
}

func TestMissingProgram(t *testing.T) {
	if _, err := table.Start("/nonexistent/program", []string{"program"}, nil); err == nil {
		t.Error("no error")
	}
}

func TestSignalReachesWhatRuns(t *testing.T) {
	child := start(t, "exec sleep 60")
	if n := table.Signal(syscall.SIGKILL); n != 1 {
		t.Errorf("%d children signalled, want 1", n)
	}
	if status := wait(t, child); !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Errorf("status %v, want killed", status)
	}
	if n := table.Signal(syscall.SIGTERM); n != 0 {
		t.Errorf("%d children left, want 0", n)
	}
}

func TestStandardErrorJoinsStandardOutput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "same")
	wait(t, start(t, "[ /proc/$$/fd/1 -ef /proc/$$/fd/2 ] && echo yes > "+file))
	got, err := os.ReadFile(file)
	if err != nil || strings.TrimSpace(string(got)) != "yes" {
		t.Errorf("standard error is another stream (%q, %v)", got, err)
	}
}
