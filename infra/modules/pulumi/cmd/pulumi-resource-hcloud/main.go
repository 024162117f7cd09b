// Command pulumi-resource-hcloud is Pulumi's provider plugin for Hetzner Cloud: the cloud's own Terraform provider
// behind Pulumi's bridge. It carries no schema, which only code generators ask for.
package main

import (
	"context"
	"encoding/json"
	"log"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
)

// version is the npm package's that the programs are written with.
const version = "1.32.1"

func main() {
	ctx := context.Background()
	provider := describe(ctx)
	schema, err := json.Marshal(map[string]string{"name": provider.Name})
	if err != nil {
		log.Fatal(err)
	}
	pf.MainWithMuxer(ctx, provider.Name, provider, schema)
}
