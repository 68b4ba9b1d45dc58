/** Korean for the help of Coxswain's own verbs: summaries, details, flags; those of kube-apiserver's flags stay as they are. */
export const koreanHelp: Readonly<Record<string, string>> = {
  'Start a Kubernetes cluster, or go on with a stopped one':
    '쿠버네티스 클러스터를 시작하거나, 중지된 클러스터를 이어서 시작합니다',
  'Stop a cluster and all it started; its data stay for the next "cox up"':
    '클러스터와 거기서 시작된 것을 모두 중지합니다. 데이터는 다음 "cox up"을 위해 남습니다',
  'Show, move, stop or speed up the time of a cluster':
    '클러스터의 시간을 보고, 앞당기고, 멈추고, 빠르게 합니다',
  'Show where a cluster is, how it does and what it takes':
    '클러스터의 주소, 상태, 사용량을 보여 줍니다',
  'List every cluster of this user on this machine':
    '이 머신에 있는 이 사용자의 클러스터를 모두 보여 줍니다',
  'List nodes, add and remove simulated ones, make them fail':
    '노드를 보여 주고, 시뮬레이션 노드를 추가·제거하고, 장애를 일으킵니다',
  'Bring images into a cluster without a registry, and list them':
    '레지스트리 없이 이미지를 클러스터에 가져오고, 목록을 보여 줍니다',
  'Run one component alone in the foreground, against any API server':
    '컴포넌트 하나만 포그라운드에서, 어떤 API 서버와도 함께 실행합니다',
  'Say why something is as it is: the causes, the evidence and what to do next':
    '왜 그런 상태인지 원인과 근거, 다음에 할 일을 알려 줍니다',
  'Say what draining a node would do, without touching anything':
    '노드를 드레인하면 어떻게 되는지, 아무것도 건드리지 않고 알려 줍니다',
  'Print the versions of Coxswain and of the Kubernetes API it serves':
    'Coxswain과 제공하는 쿠버네티스 API의 버전을 보여 줍니다',

  // details
  'FILE is an archive as "docker save" or an OCI builder writes it. Every node gets it.':
    'FILE은 "docker save"나 OCI 빌더가 만든 아카이브입니다. 모든 노드가 받습니다.',
  "Returns when the API answers and every node is Ready. Run again, it changes nothing. The flags of a cluster's first start are remembered. The last group of flags is kube-apiserver's own.":
    'API가 응답하고 모든 노드가 준비되면 끝납니다. 다시 실행해도 바뀌는 것은 없습니다. 처음 시작할 때의 플래그는 기억됩니다. 마지막 플래그 묶음은 kube-apiserver의 것입니다.',
  "The API server keeps its data in --data DIR; every other component reaches an API server, ours or upstream's, by --kubeconfig FILE. The last group of flags is kube-apiserver's own.":
    'API 서버는 데이터를 --data DIR에 둡니다. 다른 컴포넌트는 --kubeconfig FILE로 API 서버(Coxswain의 것이든 업스트림의 것이든)에 연결합니다. 마지막 플래그 묶음은 kube-apiserver의 것입니다.',
  'For clusters that were started with --clock virtual. Time that is moved on passes through everything that is due: leases are renewed, cron jobs run, tokens expire. It never goes back. DURATION is such as 90s, 5m, 24h or 30d; x60 lets a minute pass each second. The same is done by the object: kubectl get clock.coxswain.dev/cluster':
    '--clock virtual로 시작한 클러스터에서 씁니다. 시간을 앞당기면 그 사이에 일어날 일이 모두 일어납니다. 리스가 갱신되고, 크론잡이 실행되고, 토큰이 만료됩니다. 뒤로 돌아가지는 않습니다. DURATION은 90s, 5m, 24h, 30d 같은 기간이고, x60은 1초에 1분이 흐르게 합니다. 오브젝트로도 할 수 있습니다: kubectl get clock.coxswain.dev/cluster',
  "Pod by pod: what leaves and where its like would be placed (the scheduler's own cycle on a copy, the node cordoned), what stays, and what blocks the drain: disruption budgets, local data, pods that nothing makes anew.":
    '파드마다 알려 줍니다: 무엇이 나가고 그 자리를 대신할 파드가 어디에 배치될지(노드를 코든한 사본에서 스케줄러가 직접 계산합니다), 무엇이 남는지, 무엇이 드레인을 막는지(중단 예산, 로컬 데이터, 다시 만들어지지 않는 파드).',

  'cox nodes                                     every node, its group and zone':
    'cox nodes                                     모든 노드와 그 그룹, 영역',
  'cox nodes add --simulated 100 --zones 3       100 more nodes in a group':
    'cox nodes add --simulated 100 --zones 3       그룹에 노드 100개 추가',
  'cox nodes remove big-7 big-8                  these nodes, and their group is smaller by them':
    'cox nodes remove big-7 big-8                  이 노드들을 제거하고 그룹도 그만큼 줄임',
  'cox nodes remove --group big --simulated 50   any 50 of the group':
    'cox nodes remove --group big --simulated 50   그룹에서 아무 노드나 50개 제거',
  'A group is an object, nodegroups.coxswain.dev: kubectl scale nodegroup GROUP --replicas N does the same.':
    '그룹은 nodegroups.coxswain.dev 오브젝트입니다. kubectl scale nodegroup GROUP --replicas N으로도 됩니다.',
  'Examples:': '예시:',
  '  cox why pod/web-1              why it waits, fails, restarts or does not go; nodes, numbers, changes that would help':
    '  cox why pod/web-1              왜 기다리고, 실패하고, 재시작하고, 없어지지 않는지. 노드, 수치, 도움이 될 변경',
  '  cox why deployment web -n shop the same of what it runs: also replicaset, statefulset, daemonset, job, cronjob':
    '  cox why deployment web -n shop 실행하는 파드에 대해 같은 것: replicaset, statefulset, daemonset, job, cronjob도',
  '  cox why service/web            why it has no endpoints':
    '  cox why service/web            왜 엔드포인트가 없는지',
  '                                 which rule of which role allows it, or what is nearest; "me" is yourself':
    '                                 어느 역할의 어느 규칙이 허용하는지, 없으면 가장 가까운 것. "me"는 자신',
  "It works against any Kubernetes; of clusters other than Coxswain's it tells what status, conditions and events say. The language is that of LANG, or of COX_LANG (en, ko).":
    '어떤 쿠버네티스에서도 동작합니다. Coxswain이 아닌 클러스터에서는 상태, 컨디션, 이벤트가 말하는 것을 알려 줍니다. 언어는 LANG 또는 COX_LANG(en, ko)을 따릅니다.',

  // flags
  'Name of the cluster; its kubeconfig context is cox-NAME':
    '클러스터 이름. kubeconfig 컨텍스트는 cox-NAME입니다',
  'Folder for its data': '데이터를 둘 폴더',
  'Port of the API server; 0 takes any free one': 'API 서버의 포트. 0은 비어 있는 아무 포트',
  'Where the API server listens, beside the bridge of the nodes; 0.0.0.0 opens it to the network':
    '노드 브리지 외에 API 서버가 연결을 받을 주소. 0.0.0.0은 네트워크에 공개합니다',
  'Number of nodes': '노드 수',
  'Number of simulated nodes beside them': '그 밖의 시뮬레이션 노드 수',
  "KWOK's Stages, by which simulated pods and nodes live; may be given again":
    '시뮬레이션 파드와 노드가 따를 KWOK의 Stage. 여러 번 줄 수 있습니다',
  'What runs the containers': '컨테이너를 실행하는 것',
  'Whose time passes: the machine\'s, or one that "cox clock" moves; with simulated containers':
    '흐르는 시간: 머신의 시간, 또는 "cox clock"이 움직이는 시간(컨테이너가 시뮬레이션일 때)',
  'Where objects are kept; URLs are the members of an etcd':
    '오브젝트를 저장할 곳. URLS는 etcd 멤버입니다',
  'Kubeconfig to enter the cluster into': '클러스터를 등록할 kubeconfig',
  'first of $KUBECONFIG, else ~/.kube/config': '$KUBECONFIG의 첫 파일, 없으면 ~/.kube/config',
  'KubeSchedulerConfiguration of the scheduler': '스케줄러의 KubeSchedulerConfiguration',
  'Stay in the foreground; ^C stops the cluster': '포그라운드에서 실행. ^C로 클러스터를 중지합니다',
  '2 gives controllers, scheduler and simulated nodes a thread beside that of the server':
    '2이면 컨트롤러, 스케줄러, 시뮬레이션 노드가 서버와 다른 스레드에서 돕니다',
  'Cluster to stop': '중지할 클러스터',
  'Also remove its data and its kubeconfig entries': '데이터와 kubeconfig 항목도 지웁니다',
  'Cluster whose clock it is': '시계를 다룰 클러스터',
  'Cluster to look at': '살펴볼 클러스터',
  'Cluster to use': '사용할 클러스터',
  Cluster: '클러스터',
  'Output format': '출력 형식',
  'The same as -o': '-o와 같음',
  'The same as -n': '-n과 같음',
  'How many simulated nodes to add, or to remove from the group':
    '추가하거나 그룹에서 제거할 시뮬레이션 노드 수',
  'NodeGroup they belong to': '노드가 속할 NodeGroup',
  'What they are like: a NodeGroup, a Node, or the template alone, as YAML':
    '노드의 모양: NodeGroup, Node, 또는 템플릿만 담은 YAML',
  'Number of zones over which they are dealt out': '노드를 나눌 영역 수',
  'Region of those zones': '그 영역들의 리전',
  'CPU of each': '노드마다의 CPU',
  'Memory of each': '노드마다의 메모리',
  'Pods that each takes': '노드마다 받는 파드 수',
  'Only say what would happen': '어떻게 될지만 알려 줍니다',
  'kubeconfig; $KUBECONFIG or ~/.kube/config when absent':
    'kubeconfig. 없으면 $KUBECONFIG 또는 ~/.kube/config',
  'Context of the kubeconfig; its current one when absent':
    'kubeconfig의 컨텍스트. 없으면 현재 컨텍스트',
  'Namespace; that of the context when absent': '네임스페이스. 없으면 컨텍스트의 네임스페이스',
  'Ask a component that runs alone: the address that cox serve tells at its start':
    '혼자 실행 중인 컴포넌트에 묻습니다: cox serve가 시작할 때 알려 준 주소',
  'With "can": a group that the user is in as well': '"can"과 함께: 사용자가 속한 그룹',
  'Folder of the API server (store, keys, kubeconfig) or of the kubelet':
    'API 서버(저장소, 키, kubeconfig)나 kubelet의 폴더',
  'How to reach the API server': 'API 서버에 연결하는 방법',
  'Address to listen on': '연결을 받을 주소',
  'Port of the API server, the name server or the kubelet; 0 takes any free one':
    'API 서버, 네임 서버, kubelet의 포트. 0은 비어 있는 아무 포트',
  'Port at which controllers, scheduler or kubelet answer cox why --at; 0 takes any free one':
    '컨트롤러, 스케줄러, kubelet이 cox why --at에 답하는 포트. 0은 비어 있는 아무 포트',
  'Node that the kubelet or the proxy serves': 'kubelet이나 프록시가 맡을 노드',
  'Address of that node': '그 노드의 주소',
  'Socket of the container runtime; without it containers are simulated':
    '컨테이너 런타임의 소켓. 없으면 컨테이너를 시뮬레이션합니다',
  'Addresses of the pods of a simulated node': '시뮬레이션 노드의 파드 주소',
  'cgroup under which the kubelet keeps its pods': 'kubelet이 파드를 두는 cgroup',
  'Addresses of pods': '파드의 주소',
  'Address of the Service kube-dns': 'kube-dns 서비스의 주소',
  'Domain of the cluster': '클러스터의 도메인',
  'Authority that the controllers publish to every namespace':
    '컨트롤러가 모든 네임스페이스에 배포하는 인증 기관',
  'Authority that signs certificate requests': '인증서 요청에 서명하는 인증 기관',
  'Key of that authority': '그 인증 기관의 키',

  // defaults that are told in words
  '$COX_HOME/NAME, with COX_HOME ~/.coxswain': '$COX_HOME/NAME, COX_HOME은 ~/.coxswain',
  '1, or 2 with --simulated 1000 and more': '1, --simulated 1000부터는 2',
  'its defaults': '스케줄러의 기본값',
  'the host name': '호스트 이름',
  'what its Node has': 'Node에 적힌 것',
  "the kubeconfig's": 'kubeconfig의 것',
  none: '없음',
  '6443, 53, 10250 (simulated: any)': '6443, 53, 10250 (시뮬레이션: 아무 포트)',
};
