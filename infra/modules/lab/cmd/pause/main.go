// Pause holds a pod's namespaces open: it does nothing until it is told to end, and reaps what
// ends around it.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"labwright.local/modules/lab/internal/children"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "-v" {
		fmt.Println("pause (labwright)")
		return
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	if os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "pause: not the first process here, so orphans are somebody else's to reap")
	}
	children.NewTable()
	<-stop
}
