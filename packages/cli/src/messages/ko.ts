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
  metric: '{field}: 값은 이제 target 안에 있습니다',
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
  'instead-of-cluster-cidr': '대신: 네트워크 플러그인이 노드에 주는 대역',
};
