import type * as en from './en.ts';

type Translated<T> = Readonly<Record<keyof T, string>>;

/** Korean; the marks are as in English. */
export const causes: Translated<typeof en.causes> = {
  gated: '스케줄링 게이트({gates}) 때문에 스케줄링이 보류되어 있습니다.',
  'no-such-scheduler':
    '스케줄러 "{scheduler}"을(를) 요구하지만, 그런 이름의 스케줄러가 실행되고 있지 않습니다.',
  'not-tried-yet': '아직 어떤 스케줄러도 배치를 시도하지 않았습니다.',
  'no-nodes': '클러스터에 노드가 없습니다.',
  'fits-now': '지금은 노드 {fits}개에 들어갈 수 있습니다. 스케줄러가 곧 다시 시도합니다.',
  'waits-for-victims': '노드 {node}에서 우선순위가 낮은 파드가 나가기를 기다리고 있습니다.',
  'refused-before-nodes': '노드를 살펴보기도 전에 거절되었습니다: {reason} ({plugin}).',
  'fits-nowhere': '받아 줄 수 있는 노드가 없습니다[ ({attempt}번 시도][, 마지막은 {ago} 전)].',
  'never-preempts': '우선순위 클래스 [{name}]는 다른 파드를 밀어내지 않습니다.',
  'node-gone': '노드 {node}이(가) 더 이상 존재하지 않습니다.',
  'node-not-ready': '노드 {node}이(가) 준비 상태가 아닙니다.',
  'will-be-evicted':
    '{left} 뒤에 축출됩니다: 노드 {node}에 한시적으로만 허용하는 테인트 {taint}이(가) 있습니다.',
  'image-pull-fails':
    '컨테이너 {container}을(를) 시작할 수 없습니다: 이미지 {image}을(를) 가져올 수 없습니다.',
  'image-name-invalid':
    '컨테이너 {container}을(를) 시작할 수 없습니다: "{image}"은(는) 올바른 이미지 이름이 아닙니다.',
  'image-never-pulled':
    '컨테이너 {container}을(를) 시작할 수 없습니다: 이미지 {image}이(가) 노드에 없고 풀 정책이 Never입니다.',
  'configuration-missing':
    '컨테이너 {container}을(를) 시작할 수 없습니다: 설정에 필요한 것이 없습니다.',
  'reference-missing': '{kind} {name}이(가) 없습니다. {at}에서 필요로 합니다.',
  'key-missing': '{kind} {name}에 키 "{key}"이(가) 없습니다. {at}에서 필요로 합니다.',
  'cannot-be-run':
    '컨테이너 런타임이 컨테이너 {container}을(를) 시작하지 못합니다[. 명령: {command}].',
  'crash-loop':
    '컨테이너 {container}이(가) 계속 종료되어(재시작 {restarts}번) kubelet이 기다렸다가 다시 시작합니다.',
  restarted:
    '컨테이너 {container}은(는) 실행 중이지만 {since} 전에 재시작되었습니다(모두 {restarts}번).',
  'out-of-memory': '컨테이너 {container}이(가) 메모리 제한[ {limit}]을 넘겨 강제 종료되었습니다.',
  'killed-by-probe': '컨테이너 {container}이(가) 활성 프로브 실패로 종료되었습니다[: {probe}].',
  'ends-by-itself': '컨테이너 {container}이(가) 일을 마친 것처럼 종료 코드 0으로 스스로 끝납니다.',
  'exits-with-error': '컨테이너 {container}이(가) 종료 코드 {exitCode}(으)로 끝났습니다.',
  'command-not-found':
    '컨테이너 {container}이(가) 종료 코드 {exitCode}(으)로 끝났습니다: 명령을 찾을 수 없습니다.',
  'command-not-executable':
    '컨테이너 {container}이(가) 종료 코드 126으로 끝났습니다: 명령을 실행할 수 없습니다.',
  'killed-by-signal': '컨테이너 {container}이(가) 강제 종료되었습니다(종료 코드 137, SIGKILL).',
  'asked-to-stop':
    '컨테이너 {container}이(가) 중지 요청을 받고 끝났습니다(종료 코드 143, SIGTERM).',
  crashed: '컨테이너 {container}이(가) 비정상 종료되었습니다(종료 코드 {exitCode}).',
  'readiness-probe-fails':
    '컨테이너 {container}은(는) 실행 중이지만 준비성 프로브가 실패합니다[: {probe}].',
  'startup-probe-fails':
    '컨테이너 {container}은(는) 실행 중이지만 스타트업 프로브가 아직 성공하지 않았습니다[: {probe}].',
  'not-probed-yet':
    '컨테이너 {container}이(가) 방금 시작되어 프로브가 아직 응답하지 않았습니다[({delay}초 뒤 시작)].',
  'just-started': '컨테이너 {container}이(가) 방금 시작되었습니다.',
  'volumes-not-ready': '컨테이너가 볼륨을 기다리고 있으며, 볼륨에 필요한 것이 없습니다.',
  'volume-mount-fails': '노드 {node}이(가) 마운트하지 못하는 볼륨을 기다리고 있습니다.',
  'sandbox-fails': '노드 {node}이(가) 파드의 네트워크와 샌드박스를 준비하지 못합니다.',
  'being-created': '노드 {node}이(가) 시작하는 중입니다({since}째).',
  'node-has-not-begun': '노드 {node}이(가) 아직 시작하지 않았습니다(생성 후 {since}).',
  'readiness-gate-closed':
    '컨테이너는 준비되었지만 준비성 게이트 {type}이(가) True로 설정되지 않았습니다.',
  'stops-gracefully': '종료하는 중입니다. 유예 시간 {grace}초 가운데 {left} 남았습니다.',
  'stop-not-confirmed':
    '{since} 전에 종료되었어야 하지만 노드 {node}이(가) 이를 확인해 주지 않습니다.',
  'does-not-stop': '{since} 전에 종료되었어야 하지만 노드가 종료를 보고하지 않았습니다.',
  preempted: '우선순위가 더 높은 파드에 자리를 내주었습니다.',
  'evicted-by-taint': '노드 {node}에 허용하지 않는 테인트가 생겨 축출되었습니다.',
  'evicted-by-api': '노드 {node}을(를) 드레인할 때처럼 누군가가 축출했습니다.',
  'deleted-as-orphan': '노드 {node}이(가) 없어져 제거되었습니다.',
  'ended-by-kubelet': '노드 {node}이(가) 종료시켰습니다.',
  'evicted-by-node': '자원이 부족해진 노드 {node}이(가) 축출했습니다.',
  'refused-by-node': '노드 {node}이(가) 받기를 거절했습니다({reason}).',
  'deadline-passed': 'activeDeadlineSeconds보다 오래 실행되었습니다.',
  'node-shut-down': '노드 {node}이(가) 종료되었습니다.',
  'held-in-use':
    '{since} 전에 삭제되었지만 {by}이(가) 아직 사용하고 있어 {finalizer}이(가) 붙들고 있습니다.',
  'held-by-dependents':
    '{since} 전에 삭제되었으며, 소유한 오브젝트 {dependents}개(예: {example})가 먼저 없어지기를 기다립니다.',
  'held-by-own-finalizer':
    '{since} 전에 삭제되었으며, {keeper}이(가) 떼어 내는 파이널라이저 {finalizer}이(가) 붙들고 있습니다.',
  'held-by-finalizer':
    '{since} 전에 삭제되었으며, 파이널라이저 {finalizer}이(가) 붙들고 있습니다. "{owner}"을(를) 설치한 쪽이 떼어 내야 합니다.',
  'not-looked-at-yet': '컨트롤러가 최신 내용을 아직 보지 않았습니다.',
  paused: '일시 중지되어 있어 템플릿 변경이 배포되지 않습니다.',
  'roll-out-late': '기한 안에 롤아웃이 진행되지 않았습니다: 파드 {wanted}개 중 {ready}개 준비.',
  'rolls-out':
    '롤아웃 중입니다: 파드 {wanted}개 중 {updated}개가 새 템플릿, {old}개가 이전 템플릿입니다.',
  'write-refused': '서버가 컨트롤러의 쓰기를 거절합니다.',
  'too-few-ready': '파드 {wanted}개 중 {ready}개가 준비되었습니다.',
  'too-few-replicas': '파드 {wanted}개 중 {ready}개가 준비되었고, {pods}개가 존재합니다.',
  'pods-alike': '{pod}을(를) 포함한 파드 {pods}개가 같은 이유로 준비되지 않았습니다.',
  'pod-not-ready': '파드 {pod}이(가) 준비되지 않았습니다.',
  'pods-refused': '서버가 파드 생성을 거절합니다.',
  'quota-exceeded':
    '쿼터 {quota}에 여유가 없습니다: {resource} 사용 {used} + 요청 {asked} > {hard}.',
  'quota-wants-request':
    '쿼터 {quota}이(가) {resource}을(를) 세는데, 파드가 얼마를 원하는지 밝히지 않았습니다.',
  'pod-security':
    '네임스페이스 {namespace}이(가) 파드 보안 수준 "{level}"을(를) 강제하며, 파드가 이를 충족하지 않습니다.',
  'limit-range': 'LimitRange {name}이(가) 파드의 요청을 금지합니다.',
  'set-waits-in-order':
    '파드 {pod}이(가) 준비되지 않아 뒤의 파드 {behind}개가 기다립니다: {wanted}개 중 {ready}개 준비.',
  'set-not-ready': '파드 {pod}이(가) 준비되지 않았습니다: {wanted}개 중 {ready}개 준비.',
  'daemons-not-ready': '파드 {wanted}개 중 {ready}개가 준비되었습니다.',
  'daemons-fewer-than-nodes': '파드 {wanted}개가 모두 준비되었지만, 모든 노드에 있지는 않습니다.',
  'daemon-not-selected': '노드 {nodes}개(예: {example})에 선택하는 레이블이 없습니다.',
  'daemon-not-tolerated':
    '노드 {nodes}개(예: {example})에 허용하지 않는 테인트 {taint}이(가) 있습니다.',
  'job-failed-too-often': '실패했습니다: 파드 {failed}개가 실패했고 backoffLimit은 {limit}입니다.',
  'job-too-long': '실패했습니다: activeDeadlineSeconds[({seconds})]보다 오래 실행되었습니다.',
  'job-failed-by-policy': '실패했습니다: 파드의 실패 방식에 대해 podFailurePolicy가 잡을 끝냅니다.',
  'job-failed': '실패했습니다.',
  suspended: '일시 중단되어 있어 아무것도 시작하지 않습니다.',
  'job-backs-off':
    '파드 {failed}개가 실패했습니다(한도 {limit}). 다음 파드는 {left} 뒤에 시작합니다.',
  'job-runs': '실행 중입니다: 활성 {active}, 완료 {succeeded}/{wanted}[, 실패 {failed}].',
  'last-failed-pod': '실패한 파드 {pods}개 가운데 마지막은 {pod}입니다.',
  'schedule-unreadable': '시간대 {timeZone}의 스케줄 "{schedule}"을(를) 해석할 수 없습니다.',
  'last-run-still-runs':
    '지난 실행[(잡 {job})]이 끝나지 않았고 concurrencyPolicy가 Forbid라서 시작하지 않습니다.',
  'run-missed':
    '"{schedule}"의 시작을 startingDeadlineSeconds보다 늦게 알아차려 놓쳤습니다[. 다음 시각: {next}].',
  'runs-fail': '실행이 실패하고 있습니다[. 다음 시각: {next}].',
  'not-due-yet':
    '아직 때가 아닙니다: "{schedule}"({timeZone})의 다음 시각은 {next}[, 마지막 실행은 {last}]입니다.',
  'no-load-balancer': '외부 주소가 없습니다: 이 클러스터에는 로드 밸런서를 만드는 것이 없습니다.',
  'selects-no-pod': '엔드포인트가 없습니다: 레이블 {selector}을(를) 가진 파드가 없습니다.',
  'label-differs': '파드 {pods}개({pod})의 {label} 값이 {wants}이(가) 아니라 {has}입니다.',
  'label-missing': '파드 {pods}개({pod})에 레이블 {label}={wants}이(가) 없습니다.',
  'no-ready-pod': '준비된 엔드포인트가 없습니다: 선택한 파드 {pods}개 가운데 준비된 것이 없습니다.',
  'some-pods-not-ready': '선택한 파드 {pods}개 가운데 {ready}개가 준비되었습니다.',
  'no-port-of-that-name':
    'targetPort "{target}"은(는) 선택한 파드 {pods}개의 포트 이름이 아닙니다[. 포트 이름: {names}].',
  'port-not-declared':
    'targetPort {target}은(는) 파드가 선언한 포트({ports})가 아니어서 연결이 거부될 수 있습니다.',
  'endpoints-behind': '파드 {ready}개가 준비되었지만 엔드포인트가 아직 기록되지 않았습니다.',
  'no-selector': '셀렉터도 엔드포인트도 없습니다: 어디로 이어질지 정해지지 않았습니다.',
  'claim-lost-volume': '볼륨 {volume}이(가) 데이터와 함께 사라졌습니다.',
  'claim-without-class':
    '스토리지 클래스를 지정하지 않았고 기본 클래스도 없으며, 맞는 볼륨도 없습니다.',
  'no-such-class': '스토리지 클래스 "{class}"이(가) 없습니다[. 있는 것: {known}].',
  'claim-waits-for-volume': '클래스 {class}의 볼륨을 기다립니다.',
  'claim-waits-for-first-pod':
    '파드가 사용할 때 볼륨을 받습니다: 클래스 {class}은(는) 첫 파드를 기다립니다.',
  'claim-waits-for-pod':
    '파드 {pod}이(가) 스케줄되면 볼륨을 받습니다: 클래스 {class}이(가) 이를 기다립니다.',
  'claim-needs-made-volume': '클래스 {class}의 볼륨은 손으로 만들며, 맞는 것({size})이 없습니다.',
  'claim-waits-for-provisioner':
    '클래스 {class}의 프로비저너 {provisioner}이(가) 볼륨을 만들기를 기다립니다.',
  'named-volume-missing': '지정한 볼륨 {volume}이(가) 없습니다.',
  'named-volume-unfit': '지정한 볼륨 {volume}이(가) 맞지 않습니다.',
  'volume-is-anothers': '볼륨 {volume}은(는) {other}의 것입니다.',
  'volume-of-class': '볼륨 {volume}의 클래스는 "{class}"입니다.',
  'volume-access': '볼륨 {volume}은(는) {wants}이(가) 아니라 {offers}을(를) 제공합니다.',
  'volume-not-selected': '볼륨 {volume}에 클레임이 선택하는 레이블이 없습니다.',
  'volume-mode': '볼륨 {volume}의 모드는 {mode}입니다.',
  'volume-small': '볼륨 {volume}은(는) 요청한 {wants}보다 작은 {has}입니다.',
  'namespace-not-empty': '{since} 전에 삭제되었지만 아직 비어 있지 않습니다.',
  'objects-remain': '{resource} {count}개가 남아 있습니다[: {names}].',
  'namespace-finalizer': '네임스페이스의 파이널라이저 {finalizer}이(가) 제거되지 않았습니다.',
  'discovery-fails':
    '서버가 모든 종류의 오브젝트를 알려 주지 못해, 남은 것이 있는지 알 수 없습니다.',
  'node-silent': '노드 {node}에서 {since} 동안 소식이 없습니다.',
  'node-never-heard': '노드 {node}에서 아직 소식이 없습니다.',
  'node-says-not-ready': '노드 {node}이(가) 준비되지 않았다고 알립니다[: {message}].',
  'node-under-pressure': '노드 {node}에 {what} 상태가 있습니다.',
  'node-cordoned': '노드 {node}이(가) 통제(cordon)되어 새 파드가 가지 않습니다.',
  'node-tainted': '노드 {node}에 테인트 {taint}이(가) 있어 이를 허용하는 파드만 갑니다.',
  'node-full': '노드 {node}에 파드가 한도인 {pods}개 있습니다.',
  'condition-not-met': '컨디션 {type}이(가) True가 아닙니다.',
  'warned-of': '경고가 있습니다.',
  'allowed-by': '{bindingKind} {binding}[({place})]이 {user}에게 {roleKind} {role}을(를) 줍니다.',
  'allowed-as-master': '{user}은(는) 무엇이든 할 수 있는 system:masters 그룹에 있습니다.',
  'allowed-otherwise': '서버가 허용하지만, 여기서 보이는 롤에는 근거가 없습니다[: {reason}].',
  'not-allowed': '{user}에게 주어진 어떤 롤도 이를 허용하지 않습니다.',
  'allowed-elsewhere':
    '네임스페이스 {place}에서는 허용됩니다: {bindingKind} {binding}, {roleKind} {role}.',
  'allowed-for-names': '{names}에 대해서만 허용됩니다: {bindingKind} {binding}, {roleKind} {role}.',
  'allowed-other-verbs':
    '{roleKind} {role}({bindingKind} {binding})은 {verb}이(가) 아니라 {verbs}을(를) 허용합니다.',
  'role-would-allow': '{roleKind} {role}이(가) 있으면 허용됩니다[(또는 {others})].',
};

export const steps: Translated<typeof en.steps> = {
  'remove-gates': '게이트({gates})를 단 쪽이 떼어 내야 합니다.',
  'see-that-it-runs': '{what}이(가) 제대로 실행되는지 확인하세요.',
  'add-a-node': '노드를 추가하거나, 노드가 참여하지 못한 이유를 확인하세요.',
  'create-it': '{what}을(를) 만들거나 이름을 고치세요.',
  'add-key': '{what}에 키 "{key}"을(를) 추가하거나 파드에 적힌 이름을 고치세요.',
  'force-delete': '노드가 다시 돌아오지 않을 때만:',
  'delete-user-first': '필요 없다면 {by}을(를) 먼저 삭제하세요.',
  'why-dependent': '{example}에 대해 물어보세요:',
  'take-finalizer-off': '그것이 영영 사라졌고 정리할 것이 중요하지 않을 때만:',
  'set-requests': '먼저 축출되지 않도록 컨테이너에 실제 사용량에 가까운 요청량을 지정하세요.',
  'check-image-name': '{image}의 철자가 맞고 레지스트리에 있는지 확인하세요.',
  'add-pull-secret': '레지스트리에 로그인이 필요하면 imagePullSecrets에 지정하세요.',
  'check-pull-secret': '{secrets}의 로그인 정보가 그 레지스트리에 유효한지 확인하세요.',
  'import-image': '{image}을(를) 노드로 가져오거나(cox image import) 풀을 허용하세요.',
  'check-command': '이미지에 명령이 있는지 확인하세요: {command}',
  'raise-memory': '메모리 제한[(현재 {limit})]을 늘리거나 왜 그만큼 필요한지 알아보세요.',
  'read-log': '로그를 읽으세요:',
  'check-probe': '왜 응답하지 않는지[({probe})], 프로브가 올바르고 충분히 기다리는지 확인하세요.',
  'run-for-ever': '계속 실행되는 명령을 주거나 잡으로 만드세요.',
  resume: '계속 진행하려면:',
  'undo-roll-out': '이전 상태로 되돌리려면:',
  'raise-quota': '쿼터를 늘리거나 {resource}을(를) 비우세요:',
  'name-request': '컨테이너 resources에 {resource}을(를) 지정하거나 LimitRange로 기본값을 주세요.',
  'meet-pod-security': '"{level}"을(를) 충족하도록 파드를 바꾸거나 네임스페이스의 수준을 바꾸세요.',
  'tolerate-taint': '거기서도 실행되어야 한다면 {taint}을(를) 허용하게 하세요.',
  'make-job-again': '원인을 고친 뒤 다시 실행하려면:',
  unsuspend: '계속 진행하려면:',
  'write-schedule': '스케줄은 "*/5 * * * *"처럼 다섯 필드로, 시간대는 "Asia/Seoul"처럼 적으세요.',
  'allow-many-runs': '그 실행을 끝내거나 concurrencyPolicy를 Replace나 Allow로 바꾸세요.',
  'raise-starting-deadline':
    '늦게라도 시작하는 편이 낫다면 startingDeadlineSeconds[(현재 {seconds})]를 늘리세요.',
  'install-load-balancer': '로드 밸런서를 설치하거나 NodePort 타입 또는 인그레스를 쓰세요.',
  'compare-labels': '레이블을 비교하세요:',
  'correct-target-port': 'targetPort를 고치세요:',
  'add-selector': '셀렉터를 주거나 EndpointSlice를 직접 작성하세요.',
  'restore-volume': '{volume}을(를) 백업에서 복구하거나 클레임을 새로 만드세요.',
  'name-a-class': '다음 가운데 하나를 storageClassName에 지정하세요:',
  'make-a-pod-use-it': '문제가 없습니다: 이 클레임을 쓰는 파드를 시작하세요.',
  'make-a-volume': '클래스 {class}의 PersistentVolume을 {size} 이상으로 만드세요.',
  'check-apiservices': '사용할 수 없는 APIService를 찾으세요:',
  'check-kubelet': '{node} 머신이 켜져 있고 kubelet이 API 서버에 닿는지 확인하세요.',
  'delete-node': '다시 돌아오지 않는다면:',
  'free-disk': '{node}의 디스크 공간을 비우세요.',
  'move-pods': '{node}에서 파드를 옮기거나 노드를 늘리세요.',
  uncordon: '다시 파드를 받게 하려면:',
  'remove-taint': '파드가 가야 한다면 테인트를 제거하세요:',
  'bind-role': '{role}을(를) 주려면:',
};

export const changes: Translated<typeof en.changes> = {
  'remove-node-selector': 'nodeSelector {label}={value} 제거',
  'remove-node-affinity': '필수 노드 어피니티 제거',
  'label-node': '노드[ {node}]에 레이블 {label}={value} 추가',
  'tolerate-taint': '테인트 {taint} 허용',
  'remove-taint': '노드[ {node}]에서 테인트 {taint} 제거',
  uncordon: '노드[ {node}]의 통제 해제(uncordon)',
  'lower-request': '{resource} 요청을 {from}에서 {to}(으)로 낮춤',
  'remove-host-port': 'hostPort 제거',
  'relax-spread': '분산 제약의 whenUnsatisfiable을 ScheduleAnyway로 변경',
  'remove-pod-affinity': '파드 어피니티 제거',
  'remove-pod-anti-affinity': '파드 안티어피니티 제거',
  'remove-scheduling-gates': '스케줄링 게이트 제거',
  'add-node': 'CPU {cpu}개[, 메모리 {memory}]의 노드 하나 추가[(레이블 {labels})]',
  'raise-priority': '{victims}을(를) 밀어낼, {above}보다 높은 우선순위',
};

export const drain: Translated<typeof en.drain> = {
  'is-static': '노드의 스태틱 파드',
  'is-daemon': '데몬셋 {owner}의 파드',
  'is-leaving': '이미 삭제되는 중',
  'has-ended': '끝났으므로 삭제됨',
  'has-no-owner': '다시 만들어 줄 것이 없음: --force는 완전히 삭제함',
  'has-local-data': '로컬 데이터({volumes})를 잃음: --delete-emptydir-data',
  'has-many-budgets': '여러 예산({budgets})에 속함: 축출이 거부됨',
  'budget-used-up': '대기: 예산 {budget}은(는) 한 번에 {allowed}개만 허용',
  'budget-allows-none': '예산 {budget}이(가) 하나도 허용하지 않음(정상 {healthy}, 필요 {desired})',
};

export const units: Translated<typeof en.units> = { s: '초', min: '분', h: '시간', d: '일' };

export const words: Translated<typeof en.words> = {
  well: '문제가 없습니다.',
  hidden: '{what}을(를) 읽을 권한이 없어, 다른 이유가 더 있을 수 있습니다.',
  alone: '이 클러스터는 이유를 보관하지 않으므로 상태, 컨디션, 이벤트가 말하는 내용입니다.',
  nodes: '노드',
  objections: '막고 있는 것',
  fits: '들어감',
  needs: '{resource}: 필요 {needs}, 여유 {free}[ ~ {freeMost}]',
  cordoned: '통제됨(cordon)',
  taint: '테인트 {taint}을(를) 허용하지 않음',
  label: '{label}={wants} 필요[, 실제 {found}]',
  affinity: '필수 어피니티: {affinity}',
  port: '호스트 포트 {port} 사용 중[({found})]',
  near: '같은 {topologyKey}에 있어야 할 {near} 파드가 없음',
  far: '피해야 할 {far} 파드가 같은 {topologyKey}에 있음',
  unwelcome: '그곳의 파드가 가까이 있기를 거부함',
  spread: '{topologyKey}[({found})]에 치우침: 차이 최대 {maxSkew}',
  preempts: '선점: 도움이 됩니다. {victims}이(가) {node}에서 나갑니다.',
  preemptsNobody:
    '선점은 도움이 되지 않습니다: 우선순위 {priority}보다 낮은 파드가 막고 있지 않습니다.',
  preemptsInVain: '우선순위가 낮은 파드 {lower}개가 나가도 선점은 도움이 되지 않습니다.',
  cures: '다음 각각으로 배치할 수 있습니다(스케줄러가 사본에서 확인함):',
  noCures: '배치를 가능하게 할 작은 변경을 찾지 못했습니다.',
  and: ' 그리고 ',
  next: '다음',
  ago: '{time} 전',
  times: '{count}번',
  may: '예: {user}은(는) [네임스페이스 {namespace}에서 ]{resource}에 {verb}할 수 있습니다.',
  mayNot: '아니요: {user}은(는) [네임스페이스 {namespace}에서 ]{resource}에 {verb}할 수 없습니다.',
  draining:
    '{node}을(를) 드레인하면 파드 {leaves}개가 옮겨집니다[; {waits}개는 예산을 기다림][; {blocks}개가 막음][; {stays}개는 남음].',
  drainingNothing: '{node}을(를) 드레인해도 옮길 파드가 없습니다.',
  pod: '파드',
  goesTo: '옮길 곳',
  happens: '일어나는 일',
  nowhere: '없음',
  stays: '남음',
  blocked: '막힘: ',
  unplaced: '이 클러스터의 스케줄러가 보는 것을 알 수 없어, 파드가 어디로 갈지 알 수 없습니다.',
};
