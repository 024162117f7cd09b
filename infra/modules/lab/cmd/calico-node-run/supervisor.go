package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"labwright.local/modules/lab/internal/children"
)

const (
	// Felix ends with this code when its configuration changed and it has to begin anew.
	restartMe = 129
	// A step that fails this often is left to the kubelet, which shows that the pod is failing.
	attempts = 5
)

// errStopped says that a signal ended the work, which is no failure.
var errStopped = errors.New("told to stop")

type supervisor struct {
	table   *children.Table
	program string
	env     environment
	log     *log.Logger
	stop    <-chan os.Signal
	// pause is how long a program that failed stays down.
	pause time.Duration
	// grace is how long programs may take to end when they are told to.
	grace time.Duration

	stopping chan struct{}
}

type service struct {
	name string
	args []string
}

// services are what the environment asks for, by the same variables and in the same way as in the
// image of the Calico project.
func services(env environment) []service {
	list := []service{{"complete-startup", []string{"-complete-startup"}}}
	if env.get("CALICO_DISABLE_FELIX") == "" {
		list = append(list, service{"felix", []string{"-felix"}})
	}
	if env.get("CALICO_NETWORKING_BACKEND") != "none" {
		list = append(list, service{"monitor-addresses", []string{"-monitor-addresses"}})
	}
	list = append(list,
		service{"allocate-tunnel-addrs", []string{"-allocate-tunnel-addrs"}},
		service{"status-reporter", []string{"-status-reporter"}},
	)
	if env.get("CALICO_MANAGE_CNI") != "false" {
		list = append(list, service{"monitor-token", []string{"-monitor-token"}})
	}
	return list
}

// nodenameFile is where the start-up step leaves the name it chose.
func nodenameFile(env environment) string {
	if file := env.get("CALICO_NODENAME_FILE"); file != "" {
		return file
	}
	return "/var/lib/calico/nodename"
}

// run returns nil after a signal ended everything, and an error when the node cannot be set up.
func (s *supervisor) run() error {
	switch backend := s.env.get("CALICO_NETWORKING_BACKEND"); backend {
	case "vxlan", "none":
	default:
		return fmt.Errorf("CALICO_NETWORKING_BACKEND is %q, and this image has no BGP daemon: it can do \"vxlan\" and \"none\"", backend)
	}

	s.stopping = make(chan struct{})
	finished := make(chan struct{})
	defer close(finished)
	go s.endOnSignal(finished)

	err := s.setUp()
	if err == nil {
		s.serve()
	}
	if err == errStopped {
		return nil
	}
	return err
}

func (s *supervisor) setUp() error {
	if err := s.once(service{"startup", []string{"-startup"}}); err != nil {
		return err
	}
	file := nodenameFile(s.env)
	name, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("the start-up step left no node name: %w", err)
	}
	nodename := strings.TrimSpace(string(name))
	if nodename == "" {
		return fmt.Errorf("the start-up step left an empty node name in %s", file)
	}
	s.env = s.env.forServices(nodename)
	// Felix makes the tunnel device with the address that this step finds.
	return s.once(service{"tunnel addresses", []string{"-allocate-tunnel-addrs", "-allocate-tunnel-addrs-run-once"}})
}

// once repeats a step that fails a few times: the API server's service address may only just be
// coming up, and the kubelet's own back-off begins at ten seconds.
func (s *supervisor) once(step service) error {
	for attempt := 1; ; attempt++ {
		status, err := s.attempt(step)
		if err != nil {
			return err
		}
		if status.Exited() && status.ExitStatus() == 0 {
			return nil
		}
		if attempt == attempts {
			return fmt.Errorf("%s failed %d times", step.name, attempts)
		}
		if !s.sleep(s.pause) {
			return errStopped
		}
	}
}

func (s *supervisor) serve() {
	var all sync.WaitGroup
	for _, each := range services(s.env) {
		all.Add(1)
		go func() {
			defer all.Done()
			s.keep(each)
		}()
	}
	all.Wait()
}

// keep starts a service again whenever it ends, until everything has to stop.
func (s *supervisor) keep(each service) {
	for {
		status, err := s.attempt(each)
		if err == errStopped {
			return
		}
		if err != nil {
			s.log.Printf("%s: %v", each.name, err)
		}
		if !s.sleep(s.delay(status, err)) {
			return
		}
	}
}

func (s *supervisor) delay(status syscall.WaitStatus, err error) time.Duration {
	if err == nil && status.Exited() && status.ExitStatus() == restartMe {
		return 0
	}
	return s.pause
}

// attempt runs calico-node to its end.
func (s *supervisor) attempt(what service) (syscall.WaitStatus, error) {
	if s.isStopping() {
		return 0, errStopped
	}
	began := time.Now()
	child, err := s.table.Start(s.program, append([]string{"calico-node"}, what.args...), s.env)
	if err != nil {
		return 0, fmt.Errorf("%s does not start: %w", s.program, err)
	}
	s.log.Printf("%s started (pid %d)", what.name, child.Pid)
	if s.isStopping() {
		// It may have come to life after the others were told to end.
		s.table.Signal(syscall.SIGTERM)
	}
	status := <-child.Done
	s.log.Printf("%s (pid %d) %s after %s", what.name, child.Pid, describe(status), time.Since(began).Round(time.Millisecond))
	if s.isStopping() {
		return status, errStopped
	}
	return status, nil
}

func describe(status syscall.WaitStatus) string {
	switch {
	case status.Signaled():
		return fmt.Sprintf("was ended by signal %d (%s)", int(status.Signal()), status.Signal())
	case status.ExitStatus() == restartMe:
		return fmt.Sprintf("asked to be restarted (exit code %d)", restartMe)
	default:
		return fmt.Sprintf("ended with exit code %d", status.ExitStatus())
	}
}

func (s *supervisor) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

// sleep says whether the time passed without a call to stop.
func (s *supervisor) sleep(d time.Duration) bool {
	select {
	case <-s.stopping:
		return false
	case <-time.After(d):
		return true
	}
}

func (s *supervisor) endOnSignal(finished <-chan struct{}) {
	select {
	case sig := <-s.stop:
		close(s.stopping)
		s.log.Printf("%s: telling %d processes to end", sig, s.table.Signal(syscall.SIGTERM))
	case <-finished:
		return
	}
	select {
	case <-time.After(s.grace):
		s.log.Printf("%d processes did not end within %s and are killed", s.table.Signal(syscall.SIGKILL), s.grace)
	case <-finished:
	}
}
