// Package natsruns handles the finished runs of many orgs on many machines. It
// keeps runs in NATS JetStream until a worker has handled them. For one process
// and one org, package runs is simpler and needs no server.
//
//   - [Bridge.ServeHTTP] receives callbacks on any replica, and publishes them.
//   - [Bridge.Follow] polls the logs and publishes the runs whose callbacks were
//     lost. One replica at a time follows an org.
//   - [Bridge.Consume] calls a function for every run.
//
// A program may do all three, or one process may receive and another work:
//
//	func run(ctx context.Context, orgs []natsruns.Org) error {
//		conn, err := nats.Connect(os.Getenv("NATS_URL"), nats.MaxReconnects(-1))
//		if err != nil {
//			return err
//		}
//		defer conn.Close()
//		js, err := jetstream.New(conn)
//		if err != nil {
//			return err
//		}
//		bridge, err := natsruns.New(ctx, js, orgs)
//		if err != nil {
//			return err
//		}
//		mux := http.NewServeMux()
//		mux.Handle("POST /runs/{org}", bridge)
//		server := &http.Server{
//			Addr:              ":8080",
//			Handler:           mux,
//			ReadHeaderTimeout: 5 * time.Second,
//			ReadTimeout:       30 * time.Second,
//			WriteTimeout:      time.Minute,
//			IdleTimeout:       2 * time.Minute,
//		}
//		ctx, cancel := context.WithCancelCause(ctx)
//		var group sync.WaitGroup
//		group.Go(func() { cancel(server.ListenAndServe()) })
//		group.Go(func() { cancel(bridge.Follow(ctx)) })
//		err = bridge.Consume(ctx, func(ctx context.Context, run *natsruns.Run) error {
//			fmt.Println(run.Org, run.LogID, run.Status)
//			return nil
//		}, natsruns.WithConcurrency(64))
//		cancel(err)
//		shutdown, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
//		defer done()
//		err = errors.Join(err, server.Shutdown(shutdown))
//		group.Wait()
//		return err
//	}
//
// TLS and credentials are those of the [nats.Conn]. Connect with
// nats.MaxReconnects(-1), so that the program survives any outage of the server.
//
// # Guarantees
//
// A callback gets 204 only after the stream has stored its run. If the process of
// a single server is killed, the operating system still has what the server has
// accepted. If the machine fails, the server loses what was not yet on the disk: up
// to two minutes, unless its setting sync_interval is always. Followers find these
// runs in the logs: after a lost connection, they publish the runs of the overlap
// again ([runs.WithOverlap], by default 5 minutes). If the server has lost the
// results of runs, these runs are handled again. In production, use a cluster and
// [WithReplicas].
//
// The position of an org moves only after the runs before it are stored. The
// position and the lease of the follower are one key, which is written only at its
// last revision: a follower that was paused and has lost its lease can't write it.
//
// A run is identified by its org and the id of its log. It enters the stream once
// within the duplicate window ([WithDuplicateWindow]). After that, or if the server
// was restarted, a bucket of handled runs recognizes it ([WithDoneTTL]). Callbacks
// that are older than that are not published, and followers don't publish such
// runs again.
//
// The function is called at least once for every run. After it has returned nil,
// it is called again for the run only in these cases:
//
//   - The process was killed, or the server could not be reached or was full,
//     before the result was stored.
//   - The run waited longer than the duplicate window, was published again, and
//     two processes handle both at the same time.
//   - A callback reported the run, and for longer than [WithDoneTTL] after that the
//     logs of the org could not be followed.
//
// If a worker dies, its runs are delivered to others after [WithAckWait]. While a
// function runs, its claim is extended, for up to [WithHandleTimeout].
//
// If the function fails, the run is delivered again, after 1 s at first and after
// 5 minutes at most. After [WithMaxAttempts] deliveries, the run is moved to a
// stream of dead letters, which [Bridge.DeadLetters] lists and [Bridge.Replay]
// publishes again. A message that can't be decoded is moved there at once.
//
// A function must return when its context ends. If it doesn't within 5 s, the
// bridge reports [runs.ErrHandlerHangs]. The call keeps its place
// ([WithConcurrency]) until it returns or the process is restarted. This process
// doesn't call the function again for the same run meanwhile, but other processes
// do.
//
// # Fairness and limits
//
// Each org has a consumer of its own. Workers take runs of the orgs in turn, and
// if there are several orgs, no org takes more than half of the functions that a
// process may call concurrently.
//
// At most 1000 runs of an org are in flight. Those that wait for another attempt
// count, so that an outage of what the function needs doesn't make all runs dead
// letters. While 1000 runs wait, other runs of the org wait, too.
//
// If the stream is full, or an org has reached [WithMaxRunsPerOrg], callbacks get
// 503, and followers wait. Nothing that was accepted is discarded.
//
// A run that exceeds the connection's maximum message size is published without
// its texts. The worker requests its log from the service, so [runs.Run.Event] is
// nil then.
//
// # Orgs
//
// The orgs of a bridge and their keys are fixed. To add or remove an org, or to
// replace its API key, restart the replicas one after the other. Until then, the
// other replicas respond with 404 to the callbacks of a new org; the followers
// find its runs in the logs. [callback.Verifier.SetSecrets] replaces the secrets
// of callbacks without a restart.
//
// A new org begins at the present, or at [runs.WithStart]. So does an org that
// moves to another name ([WithName]), which doesn't know the runs that were
// handled before: set WithStart to the time of the move.
//
// If an org is removed, its position, its waiting runs and its dead letters are
// kept, and its waiting runs still count for [WithMaxBytes]. If the org is added
// again, its followers continue there.
//
// # Streams and buckets
//
// [New] creates these, or checks that they have the settings on which the
// guarantees depend. Limits and replicas that were changed on the server are
// accepted, unless an option sets another value.
//
//	iblai-runs            stream: runs to be handled, one subject and consumer for each org
//	iblai-runs-dead       stream: dead letters
//	iblai-runs-done       key-value bucket: handled runs
//	iblai-runs-positions  key-value bucket: lease and position of each org
//
// If a consumer is deleted while Consume runs, Consume creates it again, and the
// runs in flight are delivered again. If a stream or bucket is deleted or changed,
// Consume and Follow end with an error that names it: a program that is started
// again creates it, or is refused.
//
// With the default name, the user of the connection must be permitted to subscribe
// to _INBOX.>, and to publish to these subjects. [New] checks what callbacks,
// Follow and Consume need. The subjects STREAM.MSG are for dead letters, and
// DIRECT.GET.iblai-runs is for [Bridge.Status].
//
//	iblai-runs.*
//	iblai-runs-dead.*
//	$KV.iblai-runs-done.>
//	$KV.iblai-runs-positions.>
//	$JS.ACK.iblai-runs.>
//	$JS.API.STREAM.INFO.*
//	$JS.API.STREAM.PURGE.KV_iblai-runs-positions
//	$JS.API.STREAM.MSG.GET.iblai-runs-dead
//	$JS.API.STREAM.MSG.DELETE.iblai-runs-dead
//	$JS.API.DIRECT.GET.iblai-runs
//	$JS.API.DIRECT.GET.KV_iblai-runs-done.>
//	$JS.API.DIRECT.GET.KV_iblai-runs-positions.>
//	$JS.API.CONSUMER.INFO.iblai-runs.*
//	$JS.API.CONSUMER.MSG.NEXT.iblai-runs.*
//
// The user for which New creates streams, buckets and consumers must also be
// permitted to publish to these:
//
//	$JS.API.INFO
//	$JS.API.STREAM.CREATE.*
//	$JS.API.CONSUMER.CREATE.iblai-runs.>
//
// To shard, give each group of orgs a name of its own ([WithName]).
package natsruns
