package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "pause")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

func TestName(t *testing.T) {
	out, err := exec.Command(build(t), "-v").Output()
	if err != nil || !strings.HasPrefix(string(out), "pause") {
		t.Errorf("%q, %v", out, err)
	}
}

func TestEndsWellWhenTold(t *testing.T) {
	program := build(t)
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		cmd := exec.Command(program)
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The notice comes after the signals are caught, and a first byte of it says so.
		if _, err := stderr.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Process.Signal(sig)
		watchdog := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		err = cmd.Wait()
		watchdog.Stop()
		if err != nil {
			t.Errorf("%v: %v", sig, err)
		}
	}
}

func TestReapsOrphansAsFirstProcess(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("a process namespace needs root")
	}
	program := build(t)
	// A shell becomes pause after it left a grandchild behind, which ends when pause is its parent.
	cmd := exec.Command("/bin/sh", "-c", "(sleep 0.2 &) ; (sleep 0.3; exit 3) & exec "+program)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	if err := cmd.Start(); err != nil {
		t.Skipf("no process namespace here: %v", err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	path := filepath.Join("/proc", strconv.Itoa(cmd.Process.Pid), "task", strconv.Itoa(cmd.Process.Pid), "children")
	deadline := time.Now().Add(10 * time.Second)
	for {
		comm, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(cmd.Process.Pid), "comm"))
		left, err := os.ReadFile(path)
		if err != nil {
			t.Skipf("the kernel does not list children: %v", err)
		}
		if strings.TrimSpace(string(comm)) == "pause" && strings.TrimSpace(string(left)) == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("children left: %s", left)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
