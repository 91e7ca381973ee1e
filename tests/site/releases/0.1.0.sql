BEGIN TRANSACTION;
CREATE TABLE admin_acts (
	id INTEGER NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	actor VARCHAR(32) NOT NULL, 
	act VARCHAR(40) NOT NULL, 
	subject VARCHAR(100) NOT NULL, 
	why VARCHAR(500) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "admin_acts" VALUES(1,'2026-11-23T17:41:41.609683Z','b0117ba6eef68a3be44ee052c5a79684','pin','comment:1','');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0008');
CREATE TABLE anchors (
	passage_id INTEGER NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	block_id VARCHAR(100) NOT NULL, 
	block_kind VARCHAR(40) NOT NULL, 
	text TEXT NOT NULL, 
	first_text TEXT NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	PRIMARY KEY (passage_id, language), 
	FOREIGN KEY(passage_id) REFERENCES passages (id) ON DELETE CASCADE
);
INSERT INTO "anchors" VALUES(1,'en','b-01802b1e0b','paragraph','Turn it up and the picture obeys(순종)한다.','Turn it up and the picture obeys(순종)한다.','same');
INSERT INTO "anchors" VALUES(1,'ko','b-01802b1e0b','paragraph','Turn it up and the picture obeys(순종)한다.','Turn it up and the picture obeys(순종)한다.','same');
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	learner_id VARCHAR(32) NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	exercise VARCHAR(200) NOT NULL, 
	answer TEXT NOT NULL, 
	passed BOOLEAN NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT uq_attempts_learner_event UNIQUE (learner_id, event_id)
);
INSERT INTO "attempts" VALUES(1,'9823e8865db09ce01792bfed666f03ce','e2e0000e-ded6-4bb9-b957-4d506a584e1e','encoder/dial','five',1,'2026-11-23T17:41:41.272530Z');
INSERT INTO "attempts" VALUES(2,'9823e8865db09ce01792bfed666f03ce','47db6031-03ca-413b-8a1f-43a298f0e2e1','dial/dial','five',1,'2026-11-23T17:41:41.300884Z');
INSERT INTO "attempts" VALUES(3,'9823e8865db09ce01792bfed666f03ce','9ddf1e73-7d4d-4e01-94ed-9b4dcb44a204','seeds/dial','five',1,'2026-11-23T17:41:41.333391Z');
INSERT INTO "attempts" VALUES(4,'5dfd5afb630899538119277983433c09','3b240214-bfbe-4b23-9369-d25b49fcb8bf','encoder/dial','five',1,'2026-11-23T17:41:41.365781Z');
INSERT INTO "attempts" VALUES(5,'5dfd5afb630899538119277983433c09','4dfb66b8-04f5-4008-97e1-4ec2c7db1677','dial/dial','five',1,'2026-11-23T17:41:41.412375Z');
INSERT INTO "attempts" VALUES(6,'5dfd5afb630899538119277983433c09','1df45636-e803-4b02-9f4d-9045d65c178c','seeds/dial','five',1,'2026-11-23T17:41:41.455459Z');
CREATE TABLE bookmarks (
	learner_id VARCHAR(32) NOT NULL, 
	lesson_id VARCHAR(200) NOT NULL, 
	passage_id INTEGER NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (learner_id, lesson_id, passage_id)
);
INSERT INTO "bookmarks" VALUES('9823e8865db09ce01792bfed666f03ce','seeds',0,'2026-11-23T17:41:41.566586Z');
CREATE TABLE comment_drafts (
	learner_id VARCHAR(32) NOT NULL, 
	place VARCHAR(400) NOT NULL, 
	body TEXT NOT NULL, 
	saved_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (learner_id, place)
);
CREATE TABLE comment_flags (
	comment_id INTEGER NOT NULL, 
	learner_id VARCHAR(32) NOT NULL, 
	why VARCHAR(500) NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	settled_at VARCHAR(27), 
	PRIMARY KEY (comment_id, learner_id), 
	FOREIGN KEY(comment_id) REFERENCES comments (id) ON DELETE CASCADE
);
CREATE TABLE comment_patterns (
	id INTEGER NOT NULL, 
	words VARCHAR(200) NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (words)
);
CREATE TABLE comments (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	thread_id INTEGER NOT NULL, 
	lesson_id VARCHAR(200) NOT NULL, 
	root_id INTEGER, 
	parent_id INTEGER, 
	learner_id VARCHAR(32) NOT NULL, 
	post_id VARCHAR(64) NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	revision VARCHAR(12) NOT NULL, 
	body TEXT NOT NULL, 
	html TEXT NOT NULL, 
	plain VARCHAR(400) NOT NULL, 
	renderer INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	held_why VARCHAR(40), 
	created_at VARCHAR(27) NOT NULL, 
	edited_at VARCHAR(27), 
	listed BOOLEAN NOT NULL, 
	unpinned INTEGER NOT NULL, 
	answer_id INTEGER, 
	CONSTRAINT uq_comments_learner_post UNIQUE (learner_id, post_id), 
	FOREIGN KEY(thread_id) REFERENCES threads (id), 
	FOREIGN KEY(parent_id) REFERENCES comments (id)
);
INSERT INTO "comments" VALUES(1,1,'dial',1,NULL,'9823e8865db09ce01792bfed666f03ce','313b290d-119a-4bd0-b856-3bd3670ed449','en','6c375cbf6904','Why *five*?','<p>Why <em>five</em>?</p>','Why five?',1,1,'shown',NULL,'2026-11-23T17:41:41.474302Z',NULL,1,0,NULL);
INSERT INTO "comments" VALUES(2,1,'dial',1,1,'5dfd5afb630899538119277983433c09','9b4c3bb3-8216-4ad3-95e2-fde4acda5d19','en','6c375cbf6904','Because @minji','<p>Because <span class="mention">@minji</span></p>','Because @minji',1,1,'shown',NULL,'2026-11-23T17:41:41.492407Z',NULL,1,0,NULL);
INSERT INTO "comments" VALUES(3,2,'dial',3,NULL,'5dfd5afb630899538119277983433c09','a4b99bbc-bb9f-4b7e-98f9-3ceadad3d35d','en','6c375cbf6904','About this paragraph','<p>About this paragraph</p>','About this paragraph',1,1,'shown',NULL,'2026-11-23T17:41:41.540609Z',NULL,1,1,NULL);
CREATE TABLE events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	learner_id VARCHAR(32) NOT NULL, 
	version INTEGER NOT NULL, 
	type VARCHAR(32) NOT NULL, 
	subject VARCHAR(200) NOT NULL, 
	data TEXT NOT NULL, 
	xp INTEGER NOT NULL, 
	occurred_at VARCHAR(27) NOT NULL, 
	recorded_at VARCHAR(27) NOT NULL, 
	local_day VARCHAR(10) NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	rulebook VARCHAR(32) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT uq_events_learner_version UNIQUE (learner_id, version), 
	CONSTRAINT uq_events_learner_event UNIQUE (learner_id, event_id)
);
INSERT INTO "events" VALUES(1,'9823e8865db09ce01792bfed666f03ce',1,'exercise.attempted','encoder/dial','{"achievements":[],"lesson":"encoder","passed":true,"v":1}',0,'2026-11-23T17:41:41.272530Z','2026-11-23T17:41:41.272530Z','2026-11-23','e2e0000e-ded6-4bb9-b957-4d506a584e1e','1','4bed03430672fcae1035b05e47eb2df68ce3edfec8439e3299519faf027dedac');
INSERT INTO "events" VALUES(2,'9823e8865db09ce01792bfed666f03ce',2,'exercise.passed','encoder/dial','{"lesson":"encoder","v":1}',20,'2026-11-23T17:41:41.272530Z','2026-11-23T17:41:41.272530Z','2026-11-23','2a8337f2-ae84-58ef-b979-9e316c4cf528','1','b669d1e4087aaa2594c41d7f1ff2f8a58702d228e8c0d1cfc1eaecee566f977d');
INSERT INTO "events" VALUES(3,'9823e8865db09ce01792bfed666f03ce',3,'achievement.unlocked','hands-on','{"because":"encoder/dial","v":1}',0,'2026-11-23T17:41:41.272530Z','2026-11-23T17:41:41.272530Z','2026-11-23','e5ab00e8-15c9-5c8c-b9f0-dfdbaabba25f','1','6e59f9b5c8b3802d67e3a7a82d40e4ca5cee1d6567f567bc0cfe41cb74bb417a');
INSERT INTO "events" VALUES(4,'9823e8865db09ce01792bfed666f03ce',4,'lesson.opened','encoder','{"language":"en","v":1}',0,'2026-11-23T17:41:41.283021Z','2026-11-23T17:41:41.283021Z','2026-11-23','0bc7fc61-0839-4299-ab42-13bb382ddbaf','1','0065701e5bb9754b5da950f08f06d64fa4d4f8dd6c9ce6d4cdd20536dfdf96a2');
INSERT INTO "events" VALUES(5,'9823e8865db09ce01792bfed666f03ce',5,'lesson.completed','encoder','{"course":"dials","course_lessons":["encoder","dial","seeds"],"done_since":null,"is_late":false,"language":"en","published":3,"published_done":1,"revision":"e77c1c86daa3","v":1}',40,'2026-11-23T17:41:41.283021Z','2026-11-23T17:41:41.283021Z','2026-11-23','545993c8-5332-5040-8353-5dc8bb16b7fb','1','d096e13fbd742e503123e9a6fe2e1eef381d41aed060cc28ed791f41a58c00a8');
INSERT INTO "events" VALUES(6,'9823e8865db09ce01792bfed666f03ce',6,'achievement.unlocked','first-light','{"because":"encoder","v":1}',0,'2026-11-23T17:41:41.283021Z','2026-11-23T17:41:41.283021Z','2026-11-23','60e97cd7-eae1-591d-b4f0-690a05381814','1','fe4a797edf6b70650defaf80e3e4f3be66731cdc40507d17611abef0c268dde7');
INSERT INTO "events" VALUES(7,'9823e8865db09ce01792bfed666f03ce',7,'exercise.attempted','dial/dial','{"achievements":[],"lesson":"dial","passed":true,"v":1}',0,'2026-11-23T17:41:41.300884Z','2026-11-23T17:41:41.300884Z','2026-11-23','47db6031-03ca-413b-8a1f-43a298f0e2e1','1','f4c2a21c50a17b3a6c8e5fbff801c0566dc5136d69a69f1d43b2d52ff18563e2');
INSERT INTO "events" VALUES(8,'9823e8865db09ce01792bfed666f03ce',8,'exercise.passed','dial/dial','{"lesson":"dial","v":1}',20,'2026-11-23T17:41:41.300884Z','2026-11-23T17:41:41.300884Z','2026-11-23','fea6373d-5b39-51da-8215-b774b43d3280','1','758450e5d8ed3f64c450d83271a7fbb3c1097bfd202abe041c9308d1ddc2f1ca');
INSERT INTO "events" VALUES(9,'9823e8865db09ce01792bfed666f03ce',9,'lesson.opened','dial','{"language":"en","v":1}',0,'2026-11-23T17:41:41.306680Z','2026-11-23T17:41:41.306680Z','2026-11-23','2395bea7-4dc3-46b8-a4d0-f2916e1c53d0','1','b24d8a91ff3374b79e07e48c2c51abac2182d2f0db208f622d7d4eac601b1e40');
INSERT INTO "events" VALUES(10,'9823e8865db09ce01792bfed666f03ce',10,'lesson.completed','dial','{"course":"dials","course_lessons":["encoder","dial","seeds"],"done_since":null,"is_late":false,"language":"en","published":3,"published_done":2,"revision":"6c375cbf6904","v":1}',40,'2026-11-23T17:41:41.306680Z','2026-11-23T17:41:41.306680Z','2026-11-23','f342a421-3b5d-5806-a2fe-29d50b0defb9','1','383ca31f7843ffc0214eeb0a0bbcc5af62b6bf88b288c3eff288822a14639a1d');
INSERT INTO "events" VALUES(11,'9823e8865db09ce01792bfed666f03ce',11,'exercise.attempted','seeds/dial','{"achievements":[],"lesson":"seeds","passed":true,"v":1}',0,'2026-11-23T17:41:41.333391Z','2026-11-23T17:41:41.333391Z','2026-11-23','9ddf1e73-7d4d-4e01-94ed-9b4dcb44a204','1','4e0eeb5069315ce7ec26542054dae0760ab035b3aeb24d97dfd109b8b34529c9');
INSERT INTO "events" VALUES(12,'9823e8865db09ce01792bfed666f03ce',12,'exercise.passed','seeds/dial','{"lesson":"seeds","v":1}',20,'2026-11-23T17:41:41.333391Z','2026-11-23T17:41:41.333391Z','2026-11-23','25610f39-462c-51b2-a519-1fd518f6ed2f','1','45f5873edcc9294d1640d7b01f4f59bab1055d64b8f1f6229105a853fbfaf3e5');
INSERT INTO "events" VALUES(13,'9823e8865db09ce01792bfed666f03ce',13,'lesson.opened','seeds','{"language":"en","v":1}',0,'2026-11-23T17:41:41.340512Z','2026-11-23T17:41:41.340512Z','2026-11-23','e5f6aea5-dcdf-4b53-920b-f9b13ce2e459','1','822de2edc129c7697592db15d9a3e1d611cf8fb8da4d6d2327495d4856a9252e');
INSERT INTO "events" VALUES(14,'9823e8865db09ce01792bfed666f03ce',14,'lesson.completed','seeds','{"course":"dials","course_lessons":["encoder","dial","seeds"],"done_since":null,"is_late":false,"language":"en","published":3,"published_done":3,"revision":"f2468d01cebc","v":1}',40,'2026-11-23T17:41:41.340512Z','2026-11-23T17:41:41.340512Z','2026-11-23','51695073-b2f7-5ee8-a157-8f6cbf7f0c2a','1','b69af2e705d033b25955031fe1f43ef3dbc9edb272008d99b918579fcbaaca32');
INSERT INTO "events" VALUES(15,'9823e8865db09ce01792bfed666f03ce',15,'course.finished','dials','{"lesson":"seeds","v":1}',100,'2026-11-23T17:41:41.340512Z','2026-11-23T17:41:41.340512Z','2026-11-23','f74fe4c7-a4ba-5b11-aabc-a3c443a210dd','1','4fb231368eaa81b9a6e004633407c67c54a5639863f1e0e66633f225c764069e');
INSERT INTO "events" VALUES(16,'9823e8865db09ce01792bfed666f03ce',16,'achievement.unlocked','full-circle','{"because":"seeds","v":1}',0,'2026-11-23T17:41:41.340512Z','2026-11-23T17:41:41.340512Z','2026-11-23','1ded158a-fcd4-5d80-9b09-6d16951c0d2e','1','9be4fb14034b081856b3677f88e68b50d0117fae618d2078d310d458ead31193');
INSERT INTO "events" VALUES(17,'5dfd5afb630899538119277983433c09',1,'exercise.attempted','encoder/dial','{"achievements":[],"lesson":"encoder","passed":true,"v":1}',0,'2026-11-23T17:41:41.365781Z','2026-11-23T17:41:41.365781Z','2026-11-23','3b240214-bfbe-4b23-9369-d25b49fcb8bf','1','bbd0990c080b51afafd656a9d1a32819fd9085c6c47f7c86c50e84be7a13cbef');
INSERT INTO "events" VALUES(18,'5dfd5afb630899538119277983433c09',2,'exercise.passed','encoder/dial','{"lesson":"encoder","v":1}',20,'2026-11-23T17:41:41.365781Z','2026-11-23T17:41:41.365781Z','2026-11-23','aae9ecfe-d614-57fa-86bf-f916416fe18f','1','e77f2fcdd749ddd974eb24fe374ff08a450d5f985fc74f640c345e8587c3de70');
INSERT INTO "events" VALUES(19,'5dfd5afb630899538119277983433c09',3,'achievement.unlocked','hands-on','{"because":"encoder/dial","v":1}',0,'2026-11-23T17:41:41.365781Z','2026-11-23T17:41:41.365781Z','2026-11-23','800a45f6-03d9-5fc6-92ae-8ef9e2677a2d','1','e48a5d1debdb313d04f9a05abbb807c3cd3f615b50d2e77adb35e605990c3e8a');
INSERT INTO "events" VALUES(20,'5dfd5afb630899538119277983433c09',4,'lesson.opened','encoder','{"language":"en","v":1}',0,'2026-11-23T17:41:41.372992Z','2026-11-23T17:41:41.372992Z','2026-11-23','4cfcb9f3-ab2d-4de1-9a28-8db6a4dc4d20','1','c4d817ebf56166744ea54a48f147cc7481b25d2b21d4905f204e2d03e7493002');
INSERT INTO "events" VALUES(21,'5dfd5afb630899538119277983433c09',5,'lesson.completed','encoder','{"course":"dials","course_lessons":["encoder","dial","seeds"],"done_since":null,"is_late":false,"language":"en","published":3,"published_done":1,"revision":"e77c1c86daa3","v":1}',40,'2026-11-23T17:41:41.372992Z','2026-11-23T17:41:41.372992Z','2026-11-23','53596e56-dae5-54de-b717-c4503a500fea','1','a7562a94bce8b2a3b5e82a860d234f1d0a868a9376f5def6da9bdbb81ec20544');
INSERT INTO "events" VALUES(22,'5dfd5afb630899538119277983433c09',6,'achievement.unlocked','first-light','{"because":"encoder","v":1}',0,'2026-11-23T17:41:41.372992Z','2026-11-23T17:41:41.372992Z','2026-11-23','ea5732b0-a939-55e5-ad45-7d14c089815c','1','40d90044f2e6b0265e20e7a5b75b8d49df2c60c10e3cf271f4ba89b885f0fc87');
INSERT INTO "events" VALUES(23,'5dfd5afb630899538119277983433c09',7,'exercise.attempted','dial/dial','{"achievements":[],"lesson":"dial","passed":true,"v":1}',0,'2026-11-23T17:41:41.412375Z','2026-11-23T17:41:41.412375Z','2026-11-23','4dfb66b8-04f5-4008-97e1-4ec2c7db1677','1','184ec29a7effc94082b6e15bf719d705205e72fa06d445ff1ca3a30ef03978f6');
INSERT INTO "events" VALUES(24,'5dfd5afb630899538119277983433c09',8,'exercise.passed','dial/dial','{"lesson":"dial","v":1}',20,'2026-11-23T17:41:41.412375Z','2026-11-23T17:41:41.412375Z','2026-11-23','9702822c-87b8-51c6-978e-84fc99897ad4','1','3e5227525f4f865525b95c7cff4e07b46cedd0ddf1b0629fe1e0b0c5e0751e03');
INSERT INTO "events" VALUES(25,'5dfd5afb630899538119277983433c09',9,'lesson.opened','dial','{"language":"en","v":1}',0,'2026-11-23T17:41:41.420372Z','2026-11-23T17:41:41.420372Z','2026-11-23','b2374a65-63ba-4468-82d0-034c59c9f9b5','1','f9d57d85aac4410fd4ef5c14b29430c14370ff884910401e9f69b7e76f154c02');
INSERT INTO "events" VALUES(26,'5dfd5afb630899538119277983433c09',10,'lesson.completed','dial','{"course":"dials","course_lessons":["encoder","dial","seeds"],"done_since":null,"is_late":false,"language":"en","published":3,"published_done":2,"revision":"6c375cbf6904","v":1}',40,'2026-11-23T17:41:41.420372Z','2026-11-23T17:41:41.420372Z','2026-11-23','585be1d2-9425-5c50-b177-12770137d2f1','1','0a90b8d5f8d8018c195e83862adf863cebdba8251e6fcff6d9331f6004c785ce');
INSERT INTO "events" VALUES(27,'5dfd5afb630899538119277983433c09',11,'exercise.attempted','seeds/dial','{"achievements":[],"lesson":"seeds","passed":true,"v":1}',0,'2026-11-23T17:41:41.455459Z','2026-11-23T17:41:41.455459Z','2026-11-23','1df45636-e803-4b02-9f4d-9045d65c178c','1','205a4d5e62f5da3e1f69de333b04506482d288a32f688dfc01f95ed335fe26d3');
INSERT INTO "events" VALUES(28,'5dfd5afb630899538119277983433c09',12,'exercise.passed','seeds/dial','{"lesson":"seeds","v":1}',20,'2026-11-23T17:41:41.455459Z','2026-11-23T17:41:41.455459Z','2026-11-23','1bc49ba9-3467-5f8b-ad76-c5f863b3229d','1','ea08354d9b12f728bfbfdc2531009aed25d14a4519d7f01d8f7383bdd30212d5');
INSERT INTO "events" VALUES(29,'5dfd5afb630899538119277983433c09',13,'lesson.opened','seeds','{"language":"en","v":1}',0,'2026-11-23T17:41:41.463882Z','2026-11-23T17:41:41.463882Z','2026-11-23','41dfc735-d627-4d76-b69e-7ea25b6e68eb','1','bdd67fbe5e8005459b0fbe47280423d599bd73fa0235e19b0ca0ca4f16c52dea');
INSERT INTO "events" VALUES(30,'5dfd5afb630899538119277983433c09',14,'lesson.completed','seeds','{"course":"dials","course_lessons":["encoder","dial","seeds"],"done_since":null,"is_late":false,"language":"en","published":3,"published_done":3,"revision":"f2468d01cebc","v":1}',40,'2026-11-23T17:41:41.463882Z','2026-11-23T17:41:41.463882Z','2026-11-23','a7d1241c-9b03-5438-9004-15c208863e24','1','af2c8d897167c8869a0b3eac3b8c57c94f89198d5ecb791c648877a5b203eaad');
INSERT INTO "events" VALUES(31,'5dfd5afb630899538119277983433c09',15,'course.finished','dials','{"lesson":"seeds","v":1}',100,'2026-11-23T17:41:41.463882Z','2026-11-23T17:41:41.463882Z','2026-11-23','fc6b1d66-9697-5fb2-a817-243f353c3961','1','14e9dd72ae800ac9e970c348c57caef4967a3a6929e9f4b96db98b1c4e27e3b0');
INSERT INTO "events" VALUES(32,'5dfd5afb630899538119277983433c09',16,'achievement.unlocked','full-circle','{"because":"seeds","v":1}',0,'2026-11-23T17:41:41.463882Z','2026-11-23T17:41:41.463882Z','2026-11-23','d16e1cb3-ebe8-5682-992d-2c00372e8f03','1','c87036bf0206b95d11f03a2a93a4d272e627317e2870b940d8d3284cac886917');
INSERT INTO "events" VALUES(33,'9823e8865db09ce01792bfed666f03ce',17,'lesson.reopened','dial','{"achievements":[],"courses":[],"done_since":null,"is_late":false,"v":1}',-40,'2026-11-23T17:41:41.468995Z','2026-11-23T17:41:41.468995Z','2026-11-23','fc6d5157-a0a0-458a-8dc2-7e663b151c3d','1','12117ce22c15fd7bc7b667cda0b3df6f08855e549d7d4946e15b605d77766b70');
CREATE TABLE exercise_notes (
	learner_id VARCHAR(32) NOT NULL, 
	exercise VARCHAR(200) NOT NULL, 
	text TEXT NOT NULL, 
	saved_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (learner_id, exercise)
);
CREATE TABLE helpful (
	comment_id INTEGER NOT NULL, 
	learner_id VARCHAR(32) NOT NULL, 
	PRIMARY KEY (comment_id, learner_id), 
	FOREIGN KEY(comment_id) REFERENCES comments (id) ON DELETE CASCADE
);
CREATE TABLE lesson_notes (
	learner_id VARCHAR(32) NOT NULL, 
	lesson_id VARCHAR(200) NOT NULL, 
	passage_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	saved_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (learner_id, lesson_id, passage_id)
);
INSERT INTO "lesson_notes" VALUES('9823e8865db09ce01792bfed666f03ce','dial',0,'mine',1,'2026-11-23T17:41:41.561634Z');
CREATE TABLE lesson_snapshots (
	lesson_id VARCHAR(200) NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	revision VARCHAR(12) NOT NULL, 
	pieces TEXT NOT NULL, 
	PRIMARY KEY (lesson_id, language)
);
INSERT INTO "lesson_snapshots" VALUES('dial','en','6c375cbf6904','[["b-01802b1e0b", "paragraph", "Turn it up and the picture obeys(순종)한다."], ["two-guesses", "heading", "Two guesses"]]');
INSERT INTO "lesson_snapshots" VALUES('dial','ko','dfd10a75e8c5','[["b-01802b1e0b", "paragraph", "Turn it up and the picture obeys(순종)한다."], ["two-guesses", "heading", "Two guesses"]]');
CREATE TABLE mail_log (
	id INTEGER NOT NULL, 
	mail_id INTEGER NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	outcome VARCHAR(10) NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(mail_id) REFERENCES mails (id) ON DELETE CASCADE
);
CREATE TABLE mails (
	id INTEGER NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	recipient VARCHAR(64) NOT NULL, 
	data TEXT NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	tries INTEGER NOT NULL, 
	due_at VARCHAR(27) NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	sent_at VARCHAR(27), 
	message_id VARCHAR(200) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE ("key")
);
CREATE TABLE notification_preferences (
	learner_id VARCHAR(32) NOT NULL, 
	replies BOOLEAN NOT NULL, 
	mentions BOOLEAN NOT NULL, 
	mail VARCHAR(10) NOT NULL, 
	PRIMARY KEY (learner_id)
);
CREATE TABLE notifications (
	id INTEGER NOT NULL, 
	learner_id VARCHAR(32) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	subject VARCHAR(100) NOT NULL, 
	about TEXT NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	read_at VARCHAR(27), 
	mail_key VARCHAR(200), 
	PRIMARY KEY (id), 
	CONSTRAINT uq_notifications_learner_subject UNIQUE (learner_id, subject)
);
INSERT INTO "notifications" VALUES(1,'9823e8865db09ce01792bfed666f03ce','mention','comment:2','{"actor": "5dfd5afb630899538119277983433c09", "comment": "2", "excerpt": "Because @minji", "lesson": "dial"}','2026-11-23T17:41:41.492407Z',NULL,NULL);
CREATE TABLE passages (
	id INTEGER NOT NULL, 
	lesson_id VARCHAR(200) NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "passages" VALUES(1,'dial','2026-11-23T17:41:41.540609Z');
CREATE TABLE reports (
	id INTEGER NOT NULL, 
	reference VARCHAR(20) NOT NULL, 
	post_id VARCHAR(64) NOT NULL, 
	learner_id VARCHAR(32), 
	lesson_id VARCHAR(200), 
	language VARCHAR(20) NOT NULL, 
	revision VARCHAR(12) NOT NULL, 
	place VARCHAR(100) NOT NULL, 
	quote TEXT NOT NULL, 
	category VARCHAR(20) NOT NULL, 
	body TEXT NOT NULL, 
	contact VARCHAR(320) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	answer TEXT NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	settled_at VARCHAR(27), 
	PRIMARY KEY (id), 
	UNIQUE (reference), 
	CONSTRAINT uq_reports_post UNIQUE (post_id)
);
INSERT INTO "reports" VALUES(1,'2D223-QKF35','85ec9dba-176a-4e98-b268-bbceef2a9e12','5dfd5afb630899538119277983433c09','dial','en','6c375cbf6904','','','typo','A typo','','open','','2026-11-23T17:41:41.571538Z',NULL);
CREATE TABLE reset_links (
	token_hash VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	expires_at VARCHAR(27) NOT NULL, 
	used_at VARCHAR(27), 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE sessions (
	id INTEGER NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	seen_at VARCHAR(27) NOT NULL, 
	agent VARCHAR(60) NOT NULL, 
	revoked_at VARCHAR(27), 
	PRIMARY KEY (id), 
	UNIQUE (token_hash), 
	FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
INSERT INTO "sessions" VALUES(1,'64242b31cefa130239b34db911af12fd1e99af77af665ac3b45e68e3bdea451d',1,'2026-11-23T17:41:40.868846Z','2026-11-23T17:41:40.868846Z','',NULL);
INSERT INTO "sessions" VALUES(2,'f9b049a84a62991a1dc91a123f773b59cd6eca40ad5f7b90a7911492a3cfb0ae',2,'2026-11-23T17:41:41.078392Z','2026-11-23T17:41:41.078392Z','',NULL);
INSERT INTO "sessions" VALUES(3,'286a5dcd1068f94076c2a78bbf57a534f59696ea71b971fa4310a7523fb2ed05',3,'2026-11-23T17:41:41.128869Z','2026-11-23T17:41:41.128869Z','',NULL);
CREATE TABLE standings (
	learner_id VARCHAR(32) NOT NULL, 
	version INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	state TEXT NOT NULL, 
	PRIMARY KEY (learner_id)
);
INSERT INTO "standings" VALUES('9823e8865db09ce01792bfed666f03ce',17,'12117ce22c15fd7bc7b667cda0b3df6f08855e549d7d4946e15b605d77766b70','{"achievements":{"first-light":"2026-11-23T17:41:41.283021Z","full-circle":"2026-11-23T17:41:41.340512Z","hands-on":"2026-11-23T17:41:41.272530Z"},"active":{"2026-11-23":"2026-11-23T17:41:41.272530Z"},"attempts":{"dial/dial":1,"encoder/dial":1,"seeds/dial":1},"completions":{"encoder":{"achievements":["first-light"],"at":"2026-11-23T17:41:41.283021Z","course":"dials","courses":{},"revision":"e77c1c86daa3","xp":40},"seeds":{"achievements":["full-circle"],"at":"2026-11-23T17:41:41.340512Z","course":"dials","courses":{"dials":100},"revision":"f2468d01cebc","xp":40}},"failed":{},"finished":{"dials":"2026-11-23T17:41:41.340512Z"},"fixed":{},"opened":{"dial":{"en":"2026-11-23T17:41:41.306680Z"},"encoder":{"en":"2026-11-23T17:41:41.283021Z"},"seeds":{"en":"2026-11-23T17:41:41.340512Z"}},"passed":{"dial/dial":"2026-11-23T17:41:41.300884Z","encoder/dial":"2026-11-23T17:41:41.272530Z","seeds/dial":"2026-11-23T17:41:41.333391Z"},"review_xp":{},"reviews":[],"xp":240}');
INSERT INTO "standings" VALUES('5dfd5afb630899538119277983433c09',16,'c87036bf0206b95d11f03a2a93a4d272e627317e2870b940d8d3284cac886917','{"achievements":{"first-light":"2026-11-23T17:41:41.372992Z","full-circle":"2026-11-23T17:41:41.463882Z","hands-on":"2026-11-23T17:41:41.365781Z"},"active":{"2026-11-23":"2026-11-23T17:41:41.365781Z"},"attempts":{"dial/dial":1,"encoder/dial":1,"seeds/dial":1},"completions":{"dial":{"achievements":[],"at":"2026-11-23T17:41:41.420372Z","course":"dials","courses":{},"revision":"6c375cbf6904","xp":40},"encoder":{"achievements":["first-light"],"at":"2026-11-23T17:41:41.372992Z","course":"dials","courses":{},"revision":"e77c1c86daa3","xp":40},"seeds":{"achievements":["full-circle"],"at":"2026-11-23T17:41:41.463882Z","course":"dials","courses":{"dials":100},"revision":"f2468d01cebc","xp":40}},"failed":{},"finished":{"dials":"2026-11-23T17:41:41.463882Z"},"fixed":{},"opened":{"dial":{"en":"2026-11-23T17:41:41.420372Z"},"encoder":{"en":"2026-11-23T17:41:41.372992Z"},"seeds":{"en":"2026-11-23T17:41:41.463882Z"}},"passed":{"dial/dial":"2026-11-23T17:41:41.412375Z","encoder/dial":"2026-11-23T17:41:41.365781Z","seeds/dial":"2026-11-23T17:41:41.455459Z"},"review_xp":{},"reviews":[],"xp":280}');
CREATE TABLE thread_follows (
	learner_id VARCHAR(32) NOT NULL, 
	thread_id INTEGER NOT NULL, 
	level VARCHAR(10) NOT NULL, 
	PRIMARY KEY (learner_id, thread_id), 
	FOREIGN KEY(thread_id) REFERENCES threads (id) ON DELETE CASCADE
);
CREATE TABLE "threads" (
	id INTEGER NOT NULL, 
	lesson_id VARCHAR(200) NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	shown INTEGER NOT NULL, 
	passage_id INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_threads_passage FOREIGN KEY(passage_id) REFERENCES passages (id)
);
INSERT INTO "threads" VALUES(1,'dial','lesson','2026-11-23T17:41:41.474302Z',2,NULL);
INSERT INTO "threads" VALUES(2,'dial','block','2026-11-23T17:41:41.540609Z',1,1);
CREATE TABLE "users" (
	id INTEGER NOT NULL, 
	username VARCHAR(100) NOT NULL, 
	username_key VARCHAR(300) NOT NULL, 
	password_hash VARCHAR(200) NOT NULL, 
	learner_id VARCHAR(32) NOT NULL, 
	language VARCHAR(20), 
	time_zone VARCHAR(64), 
	created_at VARCHAR(27) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	mail VARCHAR(320), 
	mail_confirmed_at VARCHAR(27), 
	blocked_at VARCHAR(27), 
	blocked_why VARCHAR(500), hides VARCHAR(60) DEFAULT '' NOT NULL, weekly_goal INTEGER, published_at VARCHAR(27), publishes VARCHAR(60) DEFAULT 'xp achievements' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (learner_id), 
	UNIQUE (username_key)
);
INSERT INTO "users" VALUES(1,'minji','mlnjl','$argon2id$v=19$m=19456,t=2,p=1$ORxMJoAS58i0ObgV+BrPPQ$6qcT1DmVbOuW8JmuApjhU96BvpznuEa4k94v+IaOaG4','9823e8865db09ce01792bfed666f03ce','ko',NULL,'2026-11-23T17:41:40.868846Z','member',NULL,NULL,NULL,NULL,'',NULL,NULL,'xp achievements');
INSERT INTO "users" VALUES(2,'jun','jun','$argon2id$v=19$m=19456,t=2,p=1$rJm0i8qzmYAiqW7xvivcsQ$Q7CvGNId2gIn9oEFM/yt4M9ehHb75bds6fMk2a8XSy4','5dfd5afb630899538119277983433c09','en',NULL,'2026-11-23T17:41:41.078392Z','member',NULL,NULL,NULL,NULL,'',NULL,NULL,'xp achievements');
INSERT INTO "users" VALUES(3,'haru','haru','$argon2id$v=19$m=19456,t=2,p=1$5G+Rfozho4ZofpVv9jg6vg$TyY+UCmR1WWqXjmgXyCMovjBO+Ol2VTJFbg0HXbi5Aw','b0117ba6eef68a3be44ee052c5a79684','en',NULL,'2026-11-23T17:41:41.128869Z','moderator',NULL,NULL,NULL,NULL,'',NULL,NULL,'xp achievements');
CREATE TABLE without_review (
	learner_id VARCHAR(32) NOT NULL, 
	PRIMARY KEY (learner_id)
);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
CREATE INDEX ix_reset_links_user_id ON reset_links (user_id);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;
CREATE INDEX ix_admin_acts_subject ON admin_acts (subject);
CREATE INDEX ix_comments_learner ON comments (learner_id, lesson_id, state);
CREATE INDEX ix_comments_lesson ON comments (lesson_id, state, id);
CREATE INDEX ix_comments_newest ON comments (thread_id, listed, unpinned, root_id DESC, id);
CREATE INDEX ix_comments_oldest ON comments (thread_id, listed, unpinned, root_id, id);
CREATE INDEX ix_comments_parent ON comments (parent_id);
CREATE INDEX ix_comments_root ON comments (root_id);
CREATE INDEX ix_comments_state ON comments (state, id);
CREATE INDEX ix_thread_follows_thread_id ON thread_follows (thread_id);
CREATE INDEX ix_notifications_mail ON notifications (mail_key);
CREATE INDEX ix_notifications_subject ON notifications (subject);
CREATE INDEX ix_notifications_unread ON notifications (learner_id, read_at);
CREATE INDEX ix_mails_recipient ON mails (recipient);
CREATE INDEX ix_mails_state_due ON mails (state, due_at);
CREATE INDEX ix_mail_log_mail_id ON mail_log (mail_id);
CREATE INDEX ix_reports_learner ON reports (learner_id);
CREATE INDEX ix_reports_state ON reports (state, id);
CREATE INDEX ix_passages_lesson_id ON passages (lesson_id);
CREATE INDEX ix_threads_lesson_id ON threads (lesson_id);
CREATE UNIQUE INDEX ux_threads_lesson ON threads (lesson_id) WHERE kind = 'lesson';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',33);
INSERT INTO "sqlite_sequence" VALUES('comments',3);
COMMIT;
