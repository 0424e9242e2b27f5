package temporald

import (
	"fmt"
	"net"
	"strconv"
	"time"

	"dondoc/deploy/local/datadir"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
)

const (
	loopback = "127.0.0.1"
	// clusterName is stored in the database at the first start; never to be changed.
	clusterName = "dondoc-local"
	// shards is stored likewise. Few suffice for one machine, and each costs
	// goroutines, polls and lock traffic.
	shards = 4
	// Connections per service (there are four) to either database; together
	// they leave room for API and worker below Postgres's max_connections.
	mainConnections       = 10
	visibilityConnections = 4
)

// services in the order of the ports that are asked for.
var services = []primitives.ServiceName{
	primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
}

// serverConfig builds the server's configuration with the frontend on a given
// port and the other services on free ones, which nobody else needs to know.
func serverConfig(opts Options) (*config.Config, map[primitives.ServiceName]static.Hosts, error) {
	mainStore, err := storeConfig(opts.DatabaseURL, MainDatabase, mainConnections)
	if err != nil {
		return nil, nil, err
	}
	visibilityStore, err := storeConfig(opts.DatabaseURL, VisibilityDatabase, visibilityConnections)
	if err != nil {
		return nil, nil, err
	}
	taken := map[int]bool{opts.Port: true}
	hosts := map[primitives.ServiceName]static.Hosts{}
	serviceConfigs := map[string]config.Service{}
	for _, service := range services {
		port := opts.Port
		if service != primitives.FrontendService {
			if port, err = datadir.FreePort(taken); err != nil {
				return nil, nil, fmt.Errorf("port for Temporal's %s service: %w", service, err)
			}
			taken[port] = true
		}
		// Static hosts need no gossip among the services: less to start, and
		// no stale members after a kill.
		hosts[service] = static.SingleLocalHost(net.JoinHostPort(loopback, strconv.Itoa(port)))
		serviceConfigs[string(service)] = config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: loopback}}
	}
	frontend := net.JoinHostPort(loopback, strconv.Itoa(opts.Port))
	return &config.Config{
		Global: config.Global{Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopback}},
		Persistence: config.Persistence{
			DefaultStore: "main", VisibilityStore: "visibility", NumHistoryShards: shards,
			DataStores: map[string]config.DataStore{"main": {SQL: mainStore}, "visibility": {SQL: visibilityStore}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            serviceConfigs,
		Archival: config.Archival{
			History:    config.HistoryArchival{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchival{State: config.ArchivalDisabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: config.ArchivalDisabled},
		}},
		PublicClient: config.PublicClient{HostPort: frontend},
	}, hosts, nil
}

// dynamicConfig makes a server that was built for clusters small: pools and
// caches of a size that one province needs on one machine, and nothing of what
// the product does not use. Keys are the server's own.
func dynamicConfig(rehearsal bool) dynamicconfig.StaticClient {
	values := map[string]any{
		// One partition per task queue: no forwarding among partitions.
		"matching.numTaskqueueReadPartitions":  1,
		"matching.numTaskqueueWritePartitions": 1,

		"history.timerProcessorSchedulerWorkerCount":                  32,
		"history.transferProcessorSchedulerWorkerCount":               32,
		"history.visibilityProcessorSchedulerWorkerCount":             16,
		"history.memoryTimerProcessorSchedulerWorkerCount":            8,
		"history.archivalProcessorSchedulerWorkerCount":               1,
		"history.ReplicationProcessorSchedulerWorkerCount":            1,
		"history.ReplicationLowPriorityProcessorSchedulerWorkerCount": 1,
		"history.hostLevelCacheMaxSize":                               4096,
		"history.eventsHostLevelCacheMaxSizeBytes":                    32 << 20,
		"history.eventsCacheMaxSizeBytes":                             8 << 20,
		"worker.stickyCacheSize":                                      64,

		// Parts that serve features which the product does not use.
		"worker.enableScheduler":                       false,
		"worker.enableNamespaceBatcher":                false,
		"worker.buildIdScavengerEnabled":               false,
		"frontend.enableSchedules":                     false,
		"system.enableDeployments":                     false,
		"system.enableDeploymentVersions":              false,
		"system.persistenceHealthSignalMetricsEnabled": false,

		// A new namespace is usable soon.
		"system.namespaceCacheRefreshInterval": 2 * time.Second,
		// One machine serves one installation: its limits are the machine's.
		"frontend.namespaceRPS": 10000,
		"frontend.rps":          10000,
	}
	if rehearsal {
		// A rehearsal's clock holds until all is done, so timers are short
		// and their usual tolerance of a second would be most of the time spent.
		values["history.timerProcessorMaxTimeShift"] = 20 * time.Millisecond
		values["history.timerProcessorMaxPollRPS"] = 100
	}
	client := make(dynamicconfig.StaticClient, len(values))
	for key, value := range values {
		client[dynamicconfig.MakeKey(key)] = value
	}
	return client
}
