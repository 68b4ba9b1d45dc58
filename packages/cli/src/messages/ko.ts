/** `en.ts` in Korean. */
export const convert = {
  changed: '{title}: {from} -> {to}[ ({release}에서 제거됨)]',
  touched: '{title}:',
  lost: '{title}: {from}은(는) {release}에서 제거되었고 이어받은 것이 없습니다. 그대로 둡니다',
};

export const notes = {
  kept: '{field}: {value} (옛 버전의 기본값)',
  renamed: '{from}의 이름이 {to}(으)로 바뀌었습니다',
  replaced: '{field}: {from} -> {to}',
  dropped: '{field}을(를) 뺐습니다. 이제 지정할 수 없는 필드입니다',
  selector: 'spec.selector: 파드 템플릿의 레이블 (옛 버전에서는 이것이 기본 셀렉터였습니다)',
  labels: 'metadata.labels: 파드 템플릿의 레이블 (옛 버전의 기본값)',
  backend:
    '{field}: serviceName과 servicePort는 이제 service.name과 service.port입니다 ({service})',
  'path-type': 'pathType: 경로 {paths}개에 ImplementationSpecific (옛 버전의 기본값)',
  moved: '{field}: 값은 이제 {to} 안에 있습니다',
  'listed-version': 'spec.version은 이제 spec.versions의 유일한 항목입니다 ({version})',
  'open-schema':
    '스키마에 x-kubernetes-preserve-unknown-fields: true를 넣었습니다. 옛 버전은 스키마에 없는 필드도 보존했습니다. 스키마가 완전하면 필요 없습니다',
  'conversion-webhook': '웹훅은 이제 spec.conversion.webhook에 있습니다',
  'protected-group':
    '확인 필요: k8s.io 그룹에는 승인 URL을 담은 api-approved.kubernetes.io 애너테이션이 있어야 합니다',
  topology: '{field}은(는) 이제 zone, nodeName, deprecatedTopology입니다',
  'matches-none': 'spec.selector: 어떤 파드와도 맞지 않는 식. 비워 두면 이제 모든 파드를 뜻합니다',
  signer: '확인 필요: spec.signerName: {signer} (usages로 정했습니다). 이제 기본값이 없습니다',
  'unknown-signer': '확인 필요: spec.signerName을 골라야 합니다. {signer}은(는) 자리만 채웁니다',
  'side-effects':
    '확인 필요: 웹훅 {webhook}의 sideEffects: None[ (전에는 {from})]. 웹훅은 응답 말고는 아무것도 바꾸지 않아야 합니다',
  'instead-of-psp':
    '대신: Pod Security Admission(네임스페이스의 pod-security.kubernetes.io/enforce=baseline 같은 레이블) 또는 ValidatingAdmissionPolicy',
  'instead-of-rollback': '대신: rollout undo',
  'instead-of-audit-sink': '대신: API 서버 플래그로 지정하는 감사 정책과 웹훅',
  'instead-of-preset': '대신: MutatingAdmissionPolicy 또는 변경 웹훅',
  'instead-of-resource-class':
    '대신: resource.k8s.io/v1의 DeviceClass와, 요청에서 그 이름을 쓰는 ResourceClaim',
  'instead-of-pod-scheduling': '대신할 것이 필요 없습니다. 장치는 스케줄러가 스스로 할당합니다',
  'instead-of-cluster-cidr': '대신: 네트워크 플러그인이 노드에 주는 대역',
};

export const waiting = {
  gone: '{left}개가 사라지기를 기다리는 중: {what}',
};

export const hints = {
  prefix: '힌트:',
  'single-dash':
    '긴 플래그는 대시가 두 개입니다: {flag} ({given}은(는) {short}에 값을 준 것으로 읽힙니다)',
  flag: '{flag}을(를) 뜻하셨나요?',
  verb: '혹시 {verb}?',
  kind: '{kind}을(를) 뜻하셨나요?',
  name: '{name}을(를) 뜻하셨나요?',
  namespace: '{name}은(는) 네임스페이스 {namespace}에 있습니다. -n을 붙이세요',
  removed:
    '{version} {kind}은(는)[ {release}에서] 제거되었고 지금은 {to}입니다. `cox convert -f FILE`이 매니페스트를 고쳐 씁니다',
  'removed-for-good':
    '{version} {kind}은(는) {release}에서 제거되었고 이어받은 것이 없습니다. `cox convert -f FILE`이 대안을 알려 줍니다',
  'node-anti-affinity':
    'nodeAntiAffinity는 없습니다. nodeAffinity에 NotIn이나 DoesNotExist 연산자를 쓰세요',
  'open-quote': '{line}행에서 열린 따옴표가 닫히지 않았습니다',
  'target-version': '대상인 {kind}의 버전 {version}은(는) 없어졌습니다. 지금은 {to}입니다',
  airflow: 'Airflow 3에는 별도의 웹서버가 없습니다. 서비스는 {release}-api-server입니다',
  'airflow-image':
    'airflow.image.*는 커뮤니티 차트의 값입니다. 공식 차트에서는 images.airflow.repository, .tag, .pullPolicy입니다',
  helm: '차트는 helm으로 설치합니다. `helm template 이름 차트`가 쓰는 매니페스트를 apply -f -로 적용할 수도 있습니다',
  'pod-operator':
    '이제 KubernetesPodOperator는 airflow.providers.cncf.kubernetes.operators.pod에서 가져오고, resources 대신 container_resources를 받습니다',
  docker:
    '1.24부터 노드에는 Docker가 없습니다. docker.sock도 /var/lib/docker도 없고, 컨테이너는 containerd 같은 CRI 런타임이 실행합니다',
  exist: '연산자의 철자는 Exists입니다',
  'update-mode': '추천만 받으려면 updateMode는 "Off"입니다',
  'no-cluster': '설정된 클러스터가 없습니다. `cox up`으로 시작하거나 --kubeconfig를 주세요',
  'other-namespaces': '네임스페이스 {namespace}만 보았습니다. -A는 모두 봅니다',
  annotation: '{key}은(는) 레이블이 아니라 애너테이션이어야 합니다',
  'safe-to-evict':
    'safe-to-evict: "true"이면 클러스터 오토스케일러가 파드를 노드와 함께 없앨 수 있고, "false"이면 둘 다 남습니다',
  master:
    'node-role.kubernetes.io/master는 1.25부터 없습니다. node-role.kubernetes.io/control-plane을 쓰세요',
  'old-registry': 'k8s.gcr.io에는 새 이미지가 없습니다. registry.k8s.io를 쓰세요',
  'ingress-nginx':
    'ingress-nginx는 2026년 3월에 은퇴했고 {key}은(는) 다른 컨트롤러에게 아무 뜻이 없습니다. spec.ingressClassName에 쓰는 컨트롤러를 적고 그 방식으로 설정하세요',
  'ingress-class':
    '인그레스 {name}에 클래스가 없습니다. spec.ingressClassName이 없으면 기본 IngressClass만 맡습니다',
};
