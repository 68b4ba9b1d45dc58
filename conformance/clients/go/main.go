// What a controller does with client-go, over protobuf: prints one line per step, and fails at the first that is wrong.
package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

const count = 7
const selector = "of=go"

func must(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func expect(is bool, what ...any) {
	if !is {
		must(fmt.Errorf("unexpected: %v", what))
	}
}

func step(name string) { fmt.Println("ok", name) }

func configMap(name string) *corev1.ConfigMap {
	labels := map[string]string{"of": "go"}
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}, Data: map[string]string{"a": "1"}}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	must(err)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	client := kubernetes.NewForConfigOrDie(config)
	namespace := os.Args[2]
	maps := client.CoreV1().ConfigMaps(namespace)

	for number := range count {
		_, err := maps.Create(ctx, configMap(fmt.Sprintf("go-%d", number)), metav1.CreateOptions{})
		must(err)
	}
	step("create")

	patch := []byte(`{"data":{"b":"2"}}`)
	patched, err := maps.Patch(ctx, "go-0", types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	must(err)
	expect(reflect.DeepEqual(patched.Data, map[string]string{"a": "1", "b": "2"}), patched.Data)
	step("patch")

	wanted := applycorev1.ConfigMap("go-applied", namespace).WithData(map[string]string{"x": "y"})
	_, err = maps.Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "go"})
	must(err)
	_, err = maps.Apply(ctx, wanted.WithData(map[string]string{"x": "z"}), metav1.ApplyOptions{FieldManager: "other"})
	expect(errors.IsConflict(err) && errors.HasStatusCause(err, metav1.CauseTypeFieldManagerConflict), err)
	step("apply")

	seen := []string{}
	for token := ""; ; {
		page, err := maps.List(ctx, metav1.ListOptions{LabelSelector: selector, Limit: 3, Continue: token})
		must(err)
		for _, item := range page.Items {
			seen = append(seen, item.Name)
		}
		if token = page.Continue; token == "" {
			break
		}
	}
	expect(len(seen) == count && seen[0] == "go-0" && seen[count-1] == "go-6", seen)
	step("pages")

	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	events := make(chan string, 100)
	informer := factory.Core().V1().ConfigMaps().Informer()
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { events <- "added " + o.(*corev1.ConfigMap).Name },
		DeleteFunc: func(o any) { events <- "deleted " + o.(*corev1.ConfigMap).Name },
	})
	must(err)
	factory.Start(ctx.Done())
	expect(cache.WaitForCacheSync(ctx.Done(), informer.HasSynced), "no sync")
	must(maps.Delete(ctx, "go-1", metav1.DeleteOptions{}))
	_, err = maps.Create(ctx, configMap("go-new"), metav1.CreateOptions{})
	must(err)
	missing := map[string]bool{"added go-0": true, "deleted go-1": true, "added go-new": true}
	for len(missing) > 0 {
		select {
		case event := <-events:
			delete(missing, event)
		case <-ctx.Done():
			must(fmt.Errorf("never seen: %v", missing))
		}
	}
	step("informer")

	watch, err := maps.Watch(ctx, metav1.ListOptions{LabelSelector: selector, ResourceVersion: patched.ResourceVersion})
	must(err)
	first := <-watch.ResultChan()
	expect(first.Type == "DELETED" && first.Object.(*corev1.ConfigMap).Name == "go-1", first)
	watch.Stop()
	step("watch")

	led := make(chan bool, 1)
	leading, stop := context.WithCancel(ctx)
	meta := metav1.ObjectMeta{Name: "go-leader", Namespace: namespace}
	lock := &resourcelock.LeaseLock{LeaseMeta: meta, Client: client.CoordinationV1(), LockConfig: resourcelock.ResourceLockConfig{Identity: "me"}}
	go leaderelection.RunOrDie(leading, leaderelection.LeaderElectionConfig{
		Lock: lock, LeaseDuration: 5 * time.Second, RenewDeadline: 4 * time.Second, RetryPeriod: time.Second, ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { led <- true },
			OnStoppedLeading: func() {},
		},
	})
	<-led
	stop()
	step("leader")

	_, err = maps.Create(ctx, configMap("Not_A_Name"), metav1.CreateOptions{})
	expect(errors.IsInvalid(err), err)
	step("error")

	must(maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: selector}))
	left, err := maps.List(ctx, metav1.ListOptions{LabelSelector: selector})
	must(err)
	expect(len(left.Items) == 0, left.Items)
	step("delete")
}
