/**
 * Korean for what the verbs of `cox` say: the English sentence as it stands in the code, `{x}` for what varies in it. A
 * fact called `why` is a sentence itself.
 */
export const korean: Readonly<Record<string, string>> = {
  // what stands before what went wrong, and what is advised
  'what to do': '해결 방법',
  log: '로그',
  'See: cox {verb} --help': '도움말: cox {verb} --help',
  'See: cox --help': '도움말: cox --help',
  'unknown verb "{verb}"; did you mean "{near}"?':
    '"{verb}"(이)라는 명령이 없습니다. 혹시 "{near}"?',
  'unknown verb "{verb}"': '"{verb}"(이)라는 명령이 없습니다',
  Flags: '플래그',
  Usage: '사용법',
  default: '기본값',
  'Cluster of your own': '내 클러스터',

  // flags and arguments
  'unknown flag: {flag} (did you mean {near}?)': '알 수 없는 플래그입니다: {flag} (혹시 {near}?)',
  'unknown flag: {flag}': '알 수 없는 플래그입니다: {flag}',
  'flag needs a value: {flag}': '플래그에 값이 필요합니다: {flag}',
  'invalid value "{value}" for {flag}: {why}': '{flag}의 값 "{value}"이(가) 잘못되었습니다: {why}',
  'must not be empty': '비어 있으면 안 됩니다',
  'must be true or false': 'true나 false여야 합니다',
  'must be a whole number from {min} to {max}': '{min}에서 {max} 사이의 정수여야 합니다',
  'must be one of {choices} (did you mean {near}?)': '{choices} 중 하나여야 합니다 (혹시 {near}?)',
  'must be one of {choices}': '{choices} 중 하나여야 합니다',
  'must be sqlite, memory or such as {example}':
    'sqlite, memory, 또는 {example} 같은 주소여야 합니다',
  'lower case letters, digits and -, at most 30':
    '영문 소문자, 숫자, -만 쓸 수 있고 30자까지입니다',
  'unexpected argument "{word}"; the cluster goes into --name':
    '예상하지 못한 인자 "{word}"입니다. 클러스터 이름은 --name으로 줍니다',
  'unexpected argument "{word}"': '예상하지 못한 인자 "{word}"입니다',
  'nodes add needs --simulated N': 'nodes add에는 --simulated N이 필요합니다',
  'name the nodes, or say how many with --simulated, not both':
    '노드 이름을 쓰거나 --simulated로 개수를 주세요. 둘 다 줄 수는 없습니다',
  'which nodes? name them, or say --group GROUP --simulated N':
    '어떤 노드입니까? 이름을 쓰거나 --group GROUP --simulated N을 주세요',
  'nodes fault needs NODE and one of {faults}':
    'nodes fault에는 NODE와 다음 중 하나가 필요합니다: {faults}',
  'unknown command "nodes {word}"; there are add, remove, fault and list':
    '"nodes {word}"(이)라는 명령이 없습니다. add, remove, fault, list가 있습니다',
  '"{word}" is none of advance, freeze, resume, x60':
    '"{word}"은(는) advance, freeze, resume, x60 중 하나가 아닙니다',
  'advance by how much? cox clock advance 24h': '얼마나 앞당깁니까? 예: cox clock advance 24h',
  '{word} is no duration such as 90s, 5m, 24h or 30d':
    '{word}은(는) 90s, 5m, 24h, 30d 같은 기간이 아닙니다',
  'import takes one file': 'import에는 파일 하나가 필요합니다',
  'unknown action "{word}"; did you mean "{near}"?':
    '"{word}"(이)라는 동작이 없습니다. 혹시 "{near}"?',
  'unknown action "{word}"': '"{word}"(이)라는 동작이 없습니다',
  'import or ls?': 'import와 ls 중 무엇입니까?',
  'serve cluster needs --data DIR': 'serve cluster에는 --data DIR이 필요합니다',
  'serve apiserver needs --data DIR': 'serve apiserver에는 --data DIR이 필요합니다',
  'serve {component} needs --kubeconfig FILE':
    'serve {component}에는 --kubeconfig FILE이 필요합니다',
  'unknown component "{word}"; did you mean "{near}"?':
    '"{word}"(이)라는 컴포넌트가 없습니다. 혹시 "{near}"?',
  'unknown component "{word}"': '"{word}"(이)라는 컴포넌트가 없습니다',
  'which component? {components}': '어떤 컴포넌트입니까? {components}',
  '{flag} and {other} go together: one alone is of no use':
    '{flag}와(과) {other}은(는) 함께 주어야 합니다. 하나만으로는 소용이 없습니다',
  'it only explains: add --explain, or drain with kubectl drain':
    '설명만 합니다. --explain을 붙이거나, 드레인은 kubectl drain으로 하세요',
  'name one node: cox drain --explain NODE': '노드 하나를 지정하세요: cox drain --explain NODE',
  'say about what: cox why KIND/NAME, or cox why can USER VERB RESOURCE':
    '무엇에 대해 물을지 지정하세요: cox why KIND/NAME 또는 cox why can USER VERB RESOURCE',
  'say who, what and to what: cox why can USER VERB RESOURCE [NAME]':
    '누가 무엇을 어디에 하는지 지정하세요: cox why can USER VERB RESOURCE [NAME]',

  // steps of a start and of an end
  certificates: '인증서',
  store: '저장소',
  'API server': 'API 서버',
  'controllers and scheduler': '컨트롤러와 스케줄러',
  node: '노드',
  nodes: '노드',
  server: '서버',
  'containers and network': '컨테이너와 네트워크',
  'data and kubeconfig': '데이터와 kubeconfig',

  // up
  'Cluster "{name}" is up already at {server}.':
    '클러스터 "{name}"은(는) 이미 {server}에서 실행 중입니다.',
  'Cluster "{name}" is ready at {server} (context {context} in {file}).':
    '클러스터 "{name}"이(가) {server}에서 준비되었습니다 ({file}의 컨텍스트 {context}).',
  Next: '다음 단계',
  'Installing what real containers need, from Debian: {packages}':
    '실제 컨테이너에 필요한 패키지를 Debian에서 설치합니다: {packages}',
  'Containers will be simulated, because real ones are not possible here ({why}).':
    '여기서는 실제 컨테이너를 쓸 수 없어({why}) 컨테이너를 시뮬레이션합니다.',
  'not root; missing: {parts}': 'root가 아니고, 다음이 없음: {parts}',
  'not root': 'root가 아님',
  'missing: {parts}': '다음이 없음: {parts}',
  'real containers are not possible here: {why}': '여기서는 실제 컨테이너를 쓸 수 없습니다: {why}',
  'install what is missing': '없는 것을 설치하세요',
  'run cox as root, or use --runtime simulated':
    'cox를 root로 실행하거나 --runtime simulated를 쓰세요',
  'could not install {packages}: {why}': '{packages}을(를) 설치하지 못했습니다: {why}',
  'install them by hand, or go on without real containers: cox up --runtime simulated':
    '직접 설치하거나, 실제 컨테이너 없이 계속하세요: cox up --runtime simulated',
  'no address range is left for another cluster':
    '클러스터를 더 만들 주소 대역이 남아 있지 않습니다',
  'see: cox clusters': 'cox clusters로 확인하세요',
  'cluster "{name}" is running already': '클러스터 "{name}"은(는) 이미 실행 중입니다',
  'cluster "{name}" is running without {flag}': '클러스터 "{name}"은(는) {flag} 없이 실행 중입니다',
  'cluster "{name}" is running with {flag} {value}':
    '클러스터 "{name}"은(는) {flag} {value}(으)로 실행 중입니다',
  'cluster "{name}" is running': '클러스터 "{name}"이(가) 실행 중입니다',
  'give it more nodes with: {command}': '노드를 더하려면: {command}',
  'stop it first: {command}': '먼저 중지하세요: {command}',
  "real containers keep the machine's time: --clock virtual needs --runtime simulated":
    '실제 컨테이너는 머신의 시간을 따릅니다. --clock virtual에는 --runtime simulated가 필요합니다',
  "etcd is a process of its own and keeps the machine's time: --clock virtual needs sqlite or memory":
    'etcd는 별도의 프로세스라 머신의 시간을 따릅니다. --clock virtual에는 sqlite나 memory가 필요합니다',
  "the cluster's own time is taken step by step in one thread: --clock virtual needs --threads 1":
    '클러스터 자체의 시간은 한 스레드에서 차례로 흐릅니다. --clock virtual에는 --threads 1이 필요합니다',
  'leave --clock virtual out, or that': '--clock virtual을 빼거나 그것을 빼세요',
  '{folder} holds cluster "{name}"': '{folder}에는 클러스터 "{name}"이(가) 있습니다',
  'go on with it: {command}; or choose another folder with --data':
    '이어서 쓰려면: {command}. 아니면 --data로 다른 폴더를 고르세요',
  'cluster "{name}" has its data in {folder}': '클러스터 "{name}"의 데이터는 {folder}에 있습니다',
  'leave --data out, choose another --name, or remove that cluster: {command}':
    '--data를 빼거나, --name을 다르게 하거나, 그 클러스터를 없애세요: {command}',
  '{folder} holds no cluster, but is not empty: {entry}':
    '{folder}에는 클러스터가 없는데 비어 있지도 않습니다: {entry}',
  'choose another folder with --data': '--data로 다른 폴더를 고르세요',
  'use the version that wrote it, or another folder with --data':
    '이것을 쓴 버전을 사용하거나 --data로 다른 폴더를 고르세요',
  'mend or remove that file, or start afresh with: {command}':
    '그 파일을 고치거나 지우세요. 처음부터 다시 하려면: {command}',
  'cannot read {file}: {why}': '{file}을(를) 읽을 수 없습니다: {why}',
  'cannot use {file}: {why}': '{file}을(를) 사용할 수 없습니다: {why}',
  'the disk is full: cannot write to {folder}': '디스크가 가득 찼습니다. {folder}에 쓸 수 없습니다',
  'the disk is full: {why}': '디스크가 가득 찼습니다: {why}',
  'cannot write to {folder}: {why}': '{folder}에 쓸 수 없습니다: {why}',
  'free some space and run it again': '공간을 비우고 다시 실행하세요',
  'port {port} is taken by another program': '포트 {port}을(를) 다른 프로그램이 쓰고 있습니다',
  'choose another one: --port {port} (or --port 0 for any free one)':
    '다른 포트를 고르세요: --port {port} (--port 0은 비어 있는 아무 포트)',
  'cannot listen on {address}: {why}': '{address}에서 연결을 받을 수 없습니다: {why}',
  'choose another port for the kubelet: --port (0 takes any free one)':
    'kubelet의 포트를 다르게 고르세요: --port (0은 비어 있는 아무 포트)',
  'cannot enter the cluster into {file}: {why}': '{file}에 클러스터를 등록할 수 없습니다: {why}',
  'mend that file, or name another one with --kubeconfig FILE':
    '그 파일을 고치거나 --kubeconfig FILE로 다른 파일을 지정하세요',
  'not Ready after {seconds} s: {names}': '{seconds}초가 지나도 준비되지 않았습니다: {names}',
  'the cluster ended while it started': '클러스터가 시작하는 도중에 끝났습니다',
  'stopped by {signal}': '{signal} 신호로 중단되었습니다',
  '{path} is damaged: {why}': '{path}이(가) 손상되었습니다: {why}',
  'use the version of cox that wrote it': '이것을 쓴 버전의 cox를 사용하세요',
  'bring {path} back from a copy, or remove it to start with an empty store':
    '{path}을(를) 사본에서 되돌리거나, 지우고 빈 저장소로 시작하세요',
  'free some space on the disk and run it again': '디스크 공간을 비우고 다시 실행하세요',
  'another process has the store open; see: cox clusters':
    '다른 프로세스가 저장소를 열고 있습니다. cox clusters로 확인하세요',
  'look at {path}': '{path}을(를) 확인하세요',
  'etcd does not answer at {servers}': 'etcd가 {servers}에서 응답하지 않습니다',
  '{why}: is it running, and are the --etcd-* files right?':
    '{why}. etcd가 실행 중인지, --etcd-* 파일이 맞는지 확인하세요',

  // down
  'Cluster "{name}" is gone.': '클러스터 "{name}"을(를) 없앴습니다.',
  'Cluster "{name}" is stopped. Its data are in {folder}; go on with: {command}':
    '클러스터 "{name}"을(를) 중지했습니다. 데이터는 {folder}에 있습니다. 다시 시작하려면: {command}',
  'cannot take the cluster out of {file}: {why}': '{file}에서 클러스터를 뺄 수 없습니다: {why}',
  'mend or remove that file and run it again': '그 파일을 고치거나 지우고 다시 실행하세요',

  // clusters and status
  'No clusters. Start one with: cox up': '클러스터가 없습니다. 시작하려면: cox up',
  'there is no cluster called "{name}"': '"{name}"(이)라는 클러스터가 없습니다',
  'there is no cluster in {folder}': '{folder}에 클러스터가 없습니다',
  'clusters here: {names}': '이 머신의 클러스터: {names}',
  'start one with: cox up': '시작하려면: cox up',
  'start it with: cox up': '시작하려면: cox up',
  'start it: {command}': '시작하려면: {command}',
  'start a cluster (cox up), or name a file: --kubeconfig FILE':
    '클러스터를 시작하거나(cox up) 파일을 지정하세요: --kubeconfig FILE',
  'cluster "{name}" is not running': '클러스터 "{name}"이(가) 실행 중이 아닙니다',
  cluster: '클러스터',
  endpoint: '엔드포인트',
  uptime: '가동 시간',
  version: '버전',
  pods: '파드',
  memory: '메모리',
  data: '데이터',
  '{name} (running)': '{name} (실행 중)',
  '{name} (stopped)': '{name} (중지됨)',
  '{ready} of {total} ready': '{total}개 중 {ready}개 준비됨',
  '{running} of {total} running': '{total}개 중 {running}개 실행 중',

  // nodes
  'NodeGroup {group} asks for {size} nodes; {most} is the most':
    'NodeGroup {group}이(가) 노드 {size}개를 요구하지만 최대 {most}개입니다',
  'NodeGroup {group} asks for {size} nodes': 'NodeGroup {group}이(가) 노드 {size}개를 요구합니다',
  'node {name} is removed': '노드 {name}을(를) 제거했습니다',
  'node {name} is well': '노드 {name}은(는) 정상입니다',
  'node {name} has the fault {fault}': '노드 {name}에 장애 {fault}을(를) 일으켰습니다',
  'node "{name}" is real: only simulated ones fail on demand':
    '노드 "{name}"은(는) 실제 노드입니다. 시뮬레이션 노드에만 장애를 일으킬 수 있습니다',
  'node "{name}" is real': '노드 "{name}"은(는) 실제 노드입니다',
  'remove it with kubectl delete node': 'kubectl delete node로 제거하세요',
  'there is no node "{name}"': '노드 "{name}"이(가) 없습니다',
  'see: cox nodes': 'cox nodes로 확인하세요',
  'there is no fault "{fault}"': '"{fault}"(이)라는 장애가 없습니다',
  'there are {faults} and none': '쓸 수 있는 값: {faults}, none',
  '{file} holds no template of nodes': '{file}에 노드 템플릿이 없습니다',

  // clock
  'the time of cluster "{name}" is the machine\'s': '클러스터 "{name}"의 시간은 머신의 시간입니다',
  'start a cluster with a time of its own: {command}':
    '자기 시간을 가진 클러스터를 시작하세요: {command}',
  frozen: '멈춤',
  running: '흐르는 중',
  'running x{pace}': '{pace}배로 흐르는 중',

  // image
  '{image} imported': '{image} 가져옴',
  '{file} is not an image archive that containerd can read: {why}':
    '{file}은(는) containerd가 읽을 수 있는 이미지 아카이브가 아닙니다: {why}',
  'write it with "docker save IMAGE -o FILE" or as an OCI archive':
    '"docker save IMAGE -o FILE"로 만들거나 OCI 아카이브로 만드세요',
  'cluster "{name}" runs simulated containers, which need no images':
    '클러스터 "{name}"은(는) 컨테이너를 시뮬레이션하므로 이미지가 필요 없습니다',

  // serve
  '{component}: {server} refused it: {why}': '{component}: {server}이(가) 거절했습니다: {why}',
  '{component}: serving at {url}; kubeconfig {file}':
    '{component}: {url}에서 실행 중, kubeconfig는 {file}',
  '{component}: serving {url}': '{component}: {url} 서버에 연결되어 실행 중',
};
