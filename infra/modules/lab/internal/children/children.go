// Package children starts programs and reaps everything that ends below this process, its own
// children as well as orphans that the kernel hands to the first process of a container.
package children

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Table knows the children that were started through it. os/exec cannot be used beside it: the
// reaper takes every child's status, and os/exec would wait for one that is gone already.
type Table struct {
	mu      sync.Mutex
	waiting map[int]chan syscall.WaitStatus
}

// Child is a started program.
type Child struct {
	Pid int
	// Done delivers the status once, when the program has ended.
	Done <-chan syscall.WaitStatus
}

// NewTable begins to reap in the background, until the process ends.
func NewTable() *Table {
	t := &Table{waiting: map[int]chan syscall.WaitStatus{}}
	// One place is enough: a signal that finds it taken announces what the next sweep finds anyway.
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	go func() {
		for range ended {
			t.sweep()
		}
	}()
	// Orphans may have ended before anybody listened.
	t.sweep()
	return t
}

// Start runs a program that shares this process's standard output. Its standard error goes there
// too, as one log per container is what kubectl logs shows.
func (t *Table) Start(path string, argv, env []string) (*Child, error) {
	// Held across the fork, so that a program which ends at once is known before it is reaped.
	t.mu.Lock()
	defer t.mu.Unlock()
	pid, err := syscall.ForkExec(path, argv, &syscall.ProcAttr{
		Env:   env,
		Files: []uintptr{0, 1, 1},
	})
	if err != nil {
		return nil, err
	}
	done := make(chan syscall.WaitStatus, 1)
	t.waiting[pid] = done
	return &Child{Pid: pid, Done: done}, nil
}

// Signal sends a signal to every child that still runs and says how many there are.
func (t *Table) Signal(sig syscall.Signal) int {
	// Held while signalling: no status is taken meanwhile, so that no number can have a new owner.
	t.mu.Lock()
	defer t.mu.Unlock()
	for pid := range t.waiting {
		_ = syscall.Kill(pid, sig)
	}
	return len(t.waiting)
}

func (t *Table) sweep() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		if done, ours := t.waiting[pid]; ours {
			delete(t.waiting, pid)
			done <- status
		}
	}
}
