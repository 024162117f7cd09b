package main

import "strings"

// environment is a list of NAME=value, in which a later setting of a name replaces an earlier one.
type environment []string

func newEnvironment(list []string) environment {
	return append(environment(nil), list...)
}

func (e environment) get(name string) string {
	for _, entry := range e {
		if key, value, _ := strings.Cut(entry, "="); key == name {
			return value
		}
	}
	return ""
}

func (e environment) with(name, value string) environment {
	kept := make(environment, 0, len(e)+1)
	for _, entry := range e {
		if key, _, _ := strings.Cut(entry, "="); key != name {
			kept = append(kept, entry)
		}
	}
	return append(kept, name+"="+value)
}

// withDefault leaves a setting alone that the pod makes. Felix reads its names without regard to
// case, so they are compared that way.
func (e environment) withDefault(name, value string) environment {
	for _, entry := range e {
		if key, _, _ := strings.Cut(entry, "="); strings.EqualFold(key, name) {
			return e
		}
	}
	return e.with(name, value)
}

// forServices is the environment of everything that runs after the start-up step, which decided on
// the node's name.
func (e environment) forServices(nodename string) environment {
	e = e.with("NODENAME", nodename)
	// Felix knows these two under names of its own.
	e = e.with("FELIX_FELIXHOSTNAME", nodename)
	if store := e.get("DATASTORE_TYPE"); store != "" {
		e = e.with("FELIX_DATASTORETYPE", store)
	}
	// A calico-node that was built without cgo has stubs in place of its eBPF loader, and Felix
	// ends with a panic when it reaches one. Both settings keep it off them.
	e = e.withDefault("FELIX_DebugSkipCTLBCleanup", "true")
	e = e.withDefault("FELIX_XDPENABLED", "false")
	// Felix would otherwise write to a file and to syslog, neither of which the container has.
	e = e.withDefault("FELIX_LOGFILEPATH", "none")
	e = e.withDefault("FELIX_LOGSEVERITYFILE", "none")
	e = e.withDefault("FELIX_LOGSEVERITYSYS", "none")
	return e
}
