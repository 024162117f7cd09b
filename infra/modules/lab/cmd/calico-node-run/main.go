// Calico-node-run is the first process of a calico/node container that has no BGP daemon. It does
// the node's start-up steps one after the other, then keeps calico-node's services running side by
// side, each in a process of its own.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"labwright.local/modules/lab/internal/children"
)

func main() {
	// The whole container shares one log, which calico-node writes to standard output.
	logger := log.New(os.Stdout, "[calico-node-run] ", log.LstdFlags|log.Lmicroseconds|log.LUTC|log.Lmsgprefix)
	if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, "usage: calico-node-run (it takes no arguments; its settings are calico/node's environment)")
		os.Exit(2)
	}
	program, err := exec.LookPath("calico-node")
	if err != nil {
		logger.Fatalf("calico-node is not in the PATH: %v", err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	s := &supervisor{
		table:   children.NewTable(),
		program: program,
		env:     newEnvironment(os.Environ()),
		log:     logger,
		stop:    stop,
		pause:   time.Second,
		grace:   5 * time.Second,
	}
	if err := s.run(); err != nil {
		logger.Printf("giving up: %v", err)
		os.Exit(1)
	}
}
